import { declareSuite } from '../suite.ts'
import { byteCases } from './bytes.ts'
import { errorCases } from './errors.ts'
import { keepCases } from './keeps.ts'
import { refuseCases } from './refuses.ts'
import type { SerializerCase, SerializerSuite } from './subject.ts'

/** The cases that every serializer must pass. */
export const serializerCases: readonly SerializerCase[] = [...keepCases, ...errorCases, ...refuseCases, ...byteCases]

/**
 * Proves that a serializer keeps the contract `Serializer`, as tests of vitest. The cases are the one list of the types
 * that come back from a cache.
 *
 * ```ts
 * testSerializer({ open: () => msgpack() })
 * ```
 */
export function testSerializer(suite: SerializerSuite): void {
  declareSuite(suite.name ?? `serializer ${suite.open().name}`, serializerCases, suite.skip ?? [], (run) =>
    run(suite.open()),
  )
}
