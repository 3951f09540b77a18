import { InvalidOptionError } from '@holdfast/core'

/** Environment variables, as `process.env` has them. */
export type Variables = Readonly<Record<string, string | undefined>>

/** A variable's text. Empty ones count as absent: compose files pass on what is not set as an empty string. */
export function readText(variables: Variables, name: string): string | undefined {
  const value = variables[name]?.trim()
  return value === '' ? undefined : value
}

/** @throws {InvalidOptionError} when it is neither of the usual words for true and false */
export function readBoolean(variables: Variables, name: string, byDefault: boolean): boolean {
  const value = readText(variables, name)
  if (value === undefined) return byDefault
  if (/^(?:true|1|yes|on)$/i.test(value)) return true
  if (/^(?:false|0|no|off)$/i.test(value)) return false
  throw invalid(name, 'true or false', value)
}

/** @throws {InvalidOptionError} when it is not a whole number within the bounds */
export function readInteger(
  variables: Variables,
  name: string,
  bounds: { readonly min: number; readonly max: number },
): number | undefined {
  const value = readText(variables, name)
  if (value === undefined) return undefined
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN
  if (number >= bounds.min && number <= bounds.max) return number
  throw invalid(name, `a whole number from ${bounds.min} to ${bounds.max}`, value)
}

/** The error for a variable that cannot be used. Never give it a value that may hold a password. */
export function invalid(name: string, expected: string, value?: string): InvalidOptionError {
  const got = value === undefined ? '' : `, got ${JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)}`
  return new InvalidOptionError(`Expected the environment variable ${name} to be ${expected}${got}.`)
}
