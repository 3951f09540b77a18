import type { Fill, RemoteCall, RemoteStore } from './contracts.ts'

/** One call of a store for what was asked in one tick. Answers in the order of the inputs. */
export type Run<I, R> = (inputs: readonly I[], call: RemoteCall) => Promise<readonly R[]>

/** Which part of a store an input is for; absent where a store has no parts. */
type PartOf<I> = ((input: I) => string | undefined) | undefined

/** For each kind of input, the part of the store that it is for: what fails alone is called alone. */
export function partsOf(store: RemoteStore): {
  readonly ofKey: PartOf<string>
  readonly ofKeyed: PartOf<{ readonly key: string }>
  readonly ofFill: PartOf<Fill>
  readonly ofTag: PartOf<string>
} {
  if (store.partOf === undefined) return { ofKey: undefined, ofKeyed: undefined, ofFill: undefined, ofTag: undefined }
  return {
    ofKey: (key) => store.partOf!('key', key),
    ofKeyed: ({ key }) => store.partOf!('key', key),
    ofFill: ({ write }) => store.partOf!('key', write.key),
    ofTag: (tag) => store.partOf!('tag', tag),
  }
}

/** Calls that answer nothing. */
type Silent = 'release' | 'deleteMany' | 'expire' | 'invalidateTags'
type Input<O extends Silent> = Parameters<NonNullable<RemoteStore[O]>>[0][number]

/** A call that answers nothing, as one that answers that to each. What is asked twice is asked once. */
export function each<O extends Silent>(store: RemoteStore, operation: O): Run<Input<O>, void> {
  return async (inputs, call) => {
    const ask = store[operation] as (inputs: readonly Input<O>[], call: RemoteCall) => Promise<void>
    await ask.call(store, [...new Set(inputs)], call)
    return inputs.map(() => undefined)
  }
}
