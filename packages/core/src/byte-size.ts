import { show } from './duration.ts'
import { InvalidOptionError } from './errors.ts'

/** A number of bytes, or one with its unit: `'512kb'`, `'64mb'`, `'2gb'` (powers of 1024). Fractions are allowed: `'1.5mb'`. */
export type ByteSize = number | `${number}${'b' | 'kb' | 'mb' | 'gb'}`

const unitBytes: Readonly<Record<string, number>> = { b: 1, kb: 2 ** 10, mb: 2 ** 20, gb: 2 ** 30 }

/**
 * A size in whole bytes.
 *
 * @param name the option, for the error's message
 * @throws {InvalidOptionError} when it is not a positive size of at most 2⁵³ − 1 bytes
 */
export function parseByteSize(name: string, size: ByteSize): number {
  const bytes = typeof size === 'number' ? size : parseText(size)
  if (bytes >= 1 && bytes <= Number.MAX_SAFE_INTEGER) return Math.floor(bytes)
  throw new InvalidOptionError(
    `Expected \`${name}\` to be a positive number of bytes or a size such as '512kb', '64mb' or '2gb', got ${show(size)}.`,
  )
}

function parseText(size: unknown): number {
  const match = typeof size === 'string' ? /^(\d+(?:\.\d+)?)(b|kb|mb|gb)$/i.exec(size) : null
  return match === null ? Number.NaN : Number(match[1]) * unitBytes[match[2]!.toLowerCase()]!
}
