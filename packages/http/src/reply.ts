import type { StoredReply } from './present.ts'

/** What a client gets: the handler's own response, as the adapter has it, or one out of the cache. */
export type Reply<C> = { readonly type: 'client'; readonly client: C } | StoredReply
