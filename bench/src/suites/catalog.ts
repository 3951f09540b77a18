import { matchesGlob } from 'node:path'

import { UsageError } from '../exit.ts'
import type { Case } from './case.ts'
import { httpCases } from './http.ts'
import { memoryCases } from './memory.ts'
import { redisCases } from './redis.ts'
import { serializeCases } from './serialize.ts'
import { stampedeCases } from './stampede.ts'
import { tagCases } from './tags.ts'
import { tieredCases } from './tiered.ts'
import { watchedCases } from './watched.ts'

/** Everything that is measured, in the order of the report. */
export const catalog: readonly Case[] = [
  ...memoryCases,
  ...redisCases,
  ...tieredCases,
  ...serializeCases,
  ...stampedeCases,
  ...tagCases,
  ...watchedCases,
  ...httpCases,
]

/**
 * The cases whose id matches one of the filters: an exact id, or a glob (`redis.*`).
 *
 * @throws {UsageError} when a filter matches nothing
 */
export function selectCases(filters: readonly string[], cases: readonly Case[] = catalog): readonly Case[] {
  if (filters.length === 0) return cases
  for (const filter of filters) {
    if (!cases.some(({ id }) => matchesGlob(id, filter))) {
      throw new UsageError(`No bench matches ${filter}. There are ${cases.map(({ id }) => id).join(', ')}.`)
    }
  }
  return cases.filter(({ id }) => filters.some((filter) => matchesGlob(id, filter)))
}

/** @throws {UsageError} when there is no case with that id */
export function caseById(id: string): Case {
  const found = catalog.find((candidate) => candidate.id === id)
  if (!found) throw new UsageError(`There is no bench ${id}. There are ${catalog.map((one) => one.id).join(', ')}.`)
  return found
}
