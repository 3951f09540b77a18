import { InvalidOptionError } from '@holdfast/core'

/** Functions that make an application's cache keys, by name. */
export type KeyBuilders = Readonly<Record<string, (...parts: never[]) => string>>

/** An application's tags, by name: `{ LEADS: 'leads' }`. */
export type TagNames = Readonly<Record<string, string>>

/** `LEADS` → `Leads`, `LEAD_NOTES` → `LeadNotes`, `leadNotes` → `LeadNotes`. */
export type PascalCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Word<Head>}${PascalCase<Tail>}`
  : Word<Name>

type Word<Text extends string> = Text extends Uppercase<Text> ? Capitalize<Lowercase<Text>> : Capitalize<Text>

/** What {@link PascalCase} says, at run time. */
export function pascalCase(name: string): string {
  return name
    .split('_')
    .map((word) => {
      const rest = word.slice(1)
      return word.charAt(0).toUpperCase() + (word === word.toUpperCase() ? rest.toLowerCase() : rest)
    })
    .join('')
}

/**
 * Text of any kind as one part of a key: `leads:list:${base64('status=NEW&page=1')}` is `leads:list:c3RhdHVzPU5FVyZwYWdlPTE=`.
 * Base64 as of RFC 4648 §4, of the text's UTF-8.
 */
export function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}

/** @throws {InvalidOptionError} when one is no function */
export function checkKeys<K extends KeyBuilders>(keys: K): Readonly<K> {
  for (const [name, build] of Object.entries(keys)) {
    if (typeof build !== 'function')
      throw new InvalidOptionError(
        `Expected \`keys.${name}\` to be a function that returns a key, got ${typeof build}.`,
      )
  }
  return Object.freeze({ ...keys })
}

/** @throws {InvalidOptionError} when one is no non-empty string */
export function checkTags<T extends TagNames>(tags: T): Readonly<T> {
  for (const [name, tag] of Object.entries(tags)) {
    if (typeof tag !== 'string' || tag === '')
      throw new InvalidOptionError(`Expected \`tags.${name}\` to be a non-empty string, got ${JSON.stringify(tag)}.`)
  }
  return Object.freeze({ ...tags })
}
