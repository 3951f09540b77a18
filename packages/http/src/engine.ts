import { checkMethods, HoldfastError, type LoadContext, type Lookup, type Namespace } from '@holdfast/core'
import { CacheStatus, type Forwarded, type ForwardedMore } from './cache-status.ts'
import { unkeyedCredentials } from './credentials.ts'
import { invalidateAfter } from './invalidate.ts'
import { bounded, urlKey } from './key.ts'
import { loadResponse, type InHand } from './load.ts'
import { parseOptions, type CacheResponseOptions, type ParsedOptions } from './options.ts'
import { ClientLeft, type Origin } from './origin.ts'
import { present } from './present.ts'
import type { Reply } from './reply.ts'
import type { Ask } from './request.ts'
import { asStored, type NotStored, type Stored } from './stored.ts'
import { Uncacheable } from './uncacheable.ts'
import { selected } from './vary.ts'
import { mayStandIn, useOf, wishesOf, type Wishes } from './wishes.ts'

/** What came of looking at a key. */
type Look<C> =
  | { readonly type: 'replied'; readonly reply: Reply<C> }
  | { readonly type: 'found'; readonly found: Lookup<unknown>; readonly isLed: boolean }
  | { readonly type: 'led'; readonly value: Stored | NotStored }
  | { readonly type: 'failed'; readonly error: unknown; readonly isLed: boolean }

/** How often a response is looked for under keys of variants, and after others' clients have left. */
const maxTurns = 8

/** Frameworks let a client name another method in one of these: what such a request means is the handler's affair. */
const overrides: readonly string[] = ['x-http-method-override', 'x-http-method', 'x-method-override']

/** A cache of responses, whatever the framework. Adapters hand in requests and how their handler is run. */
export class Engine {
  readonly options: ParsedOptions
  readonly status: CacheStatus
  readonly #cache: Namespace
  readonly #uncacheable = new Uncacheable()

  constructor(cache: Namespace, options: CacheResponseOptions = {}) {
    checkMethods('cache', cache, ['namespace', 'lookup'], 'It is what `createCache` makes, or a namespace of one.')
    this.options = parseOptions(options)
    this.status = new CacheStatus(this.options.name)
    // The life of an entry is that of its response, known after the load; what is stale by HTTP's rules is fresh to the cache.
    this.#cache = cache.namespace(this.options.namespace, {
      grace: '0ms',
      jitter: 0,
      isolation: 'reference',
      refreshAhead: 1,
      ungated: true,
      tags: this.options.knownTags,
    })
  }

  respond<C>(ask: Ask, origin: Origin<C>): Promise<Reply<C>> {
    const { method } = ask
    if (method !== 'GET' && method !== 'HEAD') return this.#change(ask, origin)
    if (ask.hasBody || overrides.some((name) => ask.headers.get(name) !== null))
      return this.#pass(ask, origin, 'bypass', 'request')
    const wishes = wishesOf(ask, this.options.clientDirectives)
    if (wishes.noStore) return this.#pass(ask, origin, 'request')
    const key = this.#keyOf(ask)
    if (key === undefined) return this.#pass(ask, origin, 'bypass', 'key')
    if (method === 'HEAD' || wishes.onlyIfCached || ask.headers.get('range') !== null)
      return this.#peek(ask, origin, key, wishes)
    if (this.#uncacheable.has(key)) return this.#pass(ask, origin, 'miss', 'uncacheable')
    return this.#read(ask, origin, key, wishes)
  }

  /** Serves what is stored, or else what the handler gives, which is then stored. */
  async #read<C>(ask: Ask, origin: Origin<C>, root: string, wishes: Wishes): Promise<Reply<C>> {
    let key = root
    let inHand: InHand | undefined
    for (let turn = 0; turn < maxTurns; turn++) {
      const why =
        inHand !== undefined ? (wishes.noCache ? 'request' : 'stale') : key === root ? 'uri-miss' : 'vary-miss'
      const look = await this.#look(ask, origin, key, why, inHand, key === root)
      if (look.type === 'replied') return look.reply
      if (look.type === 'failed') {
        if (look.error instanceof ClientLeft && !look.isLed && !ask.isGone()) continue
        if (look.isLed || ask.isGone() || !(look.error instanceof HoldfastError)) {
          if (inHand !== undefined && mayStandIn(inHand.stored, inHand.ageMs)) return this.#hit(ask, inHand)
          throw look.error
        }
        break
      }
      const isLed = look.type === 'led' || look.isLed
      const value = look.type === 'led' ? look.value : look.found.value
      const stored = asStored(value)
      if (stored === undefined) {
        const isFailure = (value as NotStored | undefined)?.isFailure === true
        if (isFailure && inHand !== undefined && mayStandIn(inHand.stored, inHand.ageMs)) return this.#hit(ask, inHand)
        // Its own client has been answered, or has gone.
        if (isLed) throw new ClientLeft()
        this.#uncacheable.add(root)
        break
      }
      const ageMs = stored.initialAgeMs + (look.type === 'led' ? 0 : look.found.ageMs)
      if (!isLed && selected(ask, stored.vary, this.options.normalizers) !== stored.selected) {
        key = variantKey(root, stored, selected(ask, stored.vary, this.options.normalizers))
        inHand = undefined
        continue
      }
      const found = { stored, ageMs }
      if (isLed) return this.#validated(ask, found, why)
      if (!this.#maySee(ask, stored)) break
      const use = useOf(stored, ageMs, wishes)
      const isJoined = look.type === 'found' && look.found.from === 'loader'
      if (use === 'fresh') return isJoined ? this.#collapsed(ask, found, why) : this.#hit(ask, found)
      if (use === 'while-revalidating' && origin.canRunBehind) {
        this.#refresh(ask, origin, key, found, key === root)
        return this.#hit(ask, found)
      }
      // Another's load has just given it, and it is not good for two.
      if (isJoined) break
      inHand = found
    }
    return this.#pass(ask, origin, inHand === undefined ? 'miss' : 'stale')
  }

  /** Looks a key up, or runs the handler for it: with what is stale in hand, in any case. */
  #look<C>(
    ask: Ask,
    origin: Origin<C>,
    key: string,
    why: Forwarded,
    inHand: InHand | undefined,
    isRoot: boolean,
  ): Promise<Look<C>> {
    return new Promise((resolve) => {
      let loading: Promise<Stored | NotStored> | undefined
      const load = (context: LoadContext): Promise<Stored | NotStored> => {
        if (loading !== undefined) {
          // The handler has run for this client, and may have done so before what has been invalidated since.
          context.skip()
          return loading
        }
        loading = loadResponse(
          {
            ask,
            origin,
            options: this.options,
            status: this.status,
            why,
            inHand,
            isRoot,
            isBehind: false,
            tell: (reply) => resolve({ type: 'replied', reply }),
          },
          context,
        )
        return loading
      }
      const options = { signal: ask.signal, ...(inHand === undefined ? {} : { force: true }) }
      this.#cache.lookup<unknown>(key, load, options).then(
        (found) => resolve({ type: 'found', found, isLed: loading !== undefined }),
        (error: unknown) => {
          // The cache gave up, or was closed: the handler goes on for its own client all the same, unless that has gone.
          if (loading === undefined || ask.isGone()) resolve({ type: 'failed', error, isLed: loading !== undefined })
          else
            loading.then(
              (value) => resolve({ type: 'led', value }),
              (failed: unknown) => resolve({ type: 'failed', error: failed, isLed: true }),
            )
        },
      )
    })
  }

  /** Loads again behind the answer. */
  #refresh<C>(ask: Ask, origin: Origin<C>, key: string, inHand: InHand, isRoot: boolean): void {
    const load = (context: LoadContext): Promise<Stored | NotStored> =>
      loadResponse(
        {
          ask,
          origin,
          options: this.options,
          status: this.status,
          why: 'stale',
          inHand,
          isRoot,
          isBehind: true,
          tell: () => undefined,
        },
        context,
      )
    // What fails behind an answer is told as the cache's `loadError`.
    this.#cache.lookup<unknown>(key, load, { force: true }).catch(() => undefined)
  }

  /** Serves what is stored and usable, and else runs the handler without keeping anything: for HEAD, parts, and `only-if-cached`. */
  async #peek<C>(ask: Ask, origin: Origin<C>, root: string, wishes: Wishes): Promise<Reply<C>> {
    let key = root
    for (let turn = 0; turn < maxTurns; turn++) {
      const found = await this.#cache.lookup<unknown>(key).catch(() => undefined)
      const stored = asStored(found?.value)
      if (found === undefined || stored === undefined) break
      const own = selected(ask, stored.vary, this.options.normalizers)
      if (own !== stored.selected) {
        key = variantKey(root, stored, own)
        continue
      }
      const ageMs = stored.initialAgeMs + found.ageMs
      if (this.#maySee(ask, stored) && useOf(stored, ageMs, wishes) === 'fresh')
        return this.#hit(ask, { stored, ageMs })
      break
    }
    if (!wishes.onlyIfCached) return this.#pass(ask, origin, key === root ? 'uri-miss' : 'vary-miss')
    const status = this.status.forwarded('request', { detail: 'only-if-cached' })
    return {
      type: 'stored',
      status: 504,
      statusText: 'Gateway Timeout',
      fields: [['content-length', '0'], ...(status === undefined ? [] : [['cache-status', status] as const])],
      body: new Uint8Array(0),
    }
  }

  /** Runs the handler and keeps nothing. */
  async #pass<C>(ask: Ask, origin: Origin<C>, why: Forwarded, detail?: string): Promise<Reply<C>> {
    const ran = await origin.run({
      change: undefined,
      maxBodyBytes: 0,
      unwanted: undefined,
      isBehind: false,
      judge: (head) => ({ type: 'pass', status: this.status.forwarded(why, { status: head.status, detail }) }),
    })
    return { type: 'client', client: ran.client as C }
  }

  /** Runs a handler that changes something, and ends what it has made untrue before the client hears of it. */
  async #change<C>(ask: Ask, origin: Origin<C>): Promise<Reply<C>> {
    const ran = await origin.run({
      change: undefined,
      maxBodyBytes: 0,
      unwanted: undefined,
      isBehind: false,
      judge: (head) => ({
        type: 'pass',
        status: this.status.forwarded('method', { status: head.status }),
        hold: invalidateAfter(this.#cache, ask, head, this.options, (request) => this.#keyOf(request)),
      }),
    })
    return { type: 'client', client: ran.client as C }
  }

  #keyOf(request: Pick<Ask, 'method' | 'url' | 'headers'>): string | undefined {
    const { key } = this.options
    if (key === undefined) return urlKey(request.url)
    const named = key(request)
    return named === undefined || named === '' ? undefined : bounded(named)
  }

  /** A response whose life an option or a guess has set is not for those who bring credentials that nobody has keyed. */
  #maySee(ask: Ask, stored: Stored): boolean {
    if (stored.isExplicit || stored.isPublic || this.options.key !== undefined) return true
    return unkeyedCredentials(ask, stored.vary).length === 0
  }

  #hit<C>(ask: Ask, { stored, ageMs }: InHand): Reply<C> {
    return present(ask, stored, ageMs, this.status.hit(stored.lifetimeMs - ageMs))
  }

  #collapsed<C>(ask: Ask, { stored, ageMs }: InHand, why: Forwarded): Reply<C> {
    return present(ask, stored, ageMs, this.#forwarded(why, { isCollapsed: true }))
  }

  #validated<C>(ask: Ask, { stored, ageMs }: InHand, why: Forwarded): Reply<C> {
    return present(ask, stored, ageMs, this.#forwarded(why, { status: 304, isStored: true }))
  }

  #forwarded(why: Forwarded, more: ForwardedMore): string | undefined {
    return this.status.forwarded(why, more)
  }
}

/** The key of a variant: one that only its root leads to. */
function variantKey(root: string, { generation, vary }: Stored, own: string): string {
  return bounded(`${root} ~${generation} ${vary.join(',')} ${own}`)
}
