import type { Serializer } from '@holdfast/core'
import type { Case, Skip } from '../suite.ts'

/** What the suite needs to know of a serializer. */
export interface SerializerSuite {
  /** @default the serializer's own name */
  readonly name?: string
  readonly open: () => Serializer
  readonly skip?: readonly Skip[]
}

/** A case of the suite. */
export type SerializerCase = Case<Serializer>
