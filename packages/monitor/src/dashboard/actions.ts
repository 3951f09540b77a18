import { inspect as print } from 'node:util'
import type { Cache, Namespace, Written } from '@holdfast/core'
import type { Inspected } from './state.ts'

const longestValue = 20_000

/** Looks at a key. Counts nothing, unless its value is read. */
export async function inspectKey(cache: Cache, asked: KeyAsked, withValue: boolean): Promise<Inspected> {
  const view = viewOf(cache, asked.namespace)
  const inspection = await view.inspect(asked.key)
  if (!withValue || inspection.verdict === 'miss') return inspection
  const value = await view.get(asked.key, { stale: true })
  return value === undefined ? inspection : { ...inspection, value: printed(value) }
}

export async function invalidate(cache: Cache, asked: KeyAsked | { readonly tag: string }): Promise<Written> {
  return 'tag' in asked ? cache.invalidateTags(asked.tag) : viewOf(cache, asked.namespace).delete(asked.key)
}

/** A key of the cache, or of a namespace. */
export interface KeyAsked {
  readonly key: string
  readonly namespace: string
}

/** What a request asks about: a key, or a tag; or why it is neither. */
export function parseAsked(body: Readonly<Record<string, unknown>>): KeyAsked | { readonly tag: string } | string {
  const { key, tag, namespace = '' } = body
  if (typeof namespace !== 'string') return 'Expected `namespace` to be a string.'
  if (typeof key === 'string' && key !== '' && tag === undefined) return { key, namespace }
  if (typeof tag === 'string' && tag !== '' && key === undefined) return { tag }
  return 'Expected either `key` or `tag`, a name.'
}

function viewOf(cache: Cache, namespace: string): Namespace {
  return namespace === '' ? cache : cache.namespace(namespace)
}

function printed(value: unknown): string {
  const text = print(value, { depth: 6, maxArrayLength: 100, maxStringLength: 4_000, breakLength: 100 })
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text
}
