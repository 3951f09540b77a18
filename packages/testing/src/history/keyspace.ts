import type { Random } from '../random.ts'
import type { CheckedOptions } from './checked-cache.ts'

/** A key of the history. */
export interface ModelKey {
  /** Its name in the truth and in the records, with its namespace: `item:0:3`, `session/s1`. */
  readonly name: string
  /** What its cache calls it. */
  readonly key: string
  readonly namespace: typeof sessions | undefined
  /** What its values depend on, known only once they have been loaded. */
  readonly dynamicTags: readonly string[]
  /** How it is read and written. */
  readonly options: CheckedOptions
}

/** Keys that one call invalidates together. */
export interface ModelGroup {
  readonly call:
    | { readonly type: 'tags'; readonly tag: string }
    | { readonly type: 'dynamicTags'; readonly tag: string }
    | { readonly type: 'matching'; readonly pattern: string }
    | { readonly type: 'namespace' }
    | { readonly type: 'all' }
  readonly keys: readonly ModelKey[]
}

export const sessions = 'session'

/** Lives that take different ways through a cache: for ever, soon expired, loaded ahead, served stale while a load takes long. */
const lives: readonly CheckedOptions[] = [
  { ttl: '60000ms' },
  { ttl: '300ms' },
  { ttl: '600ms', refreshAhead: 0.5 },
  { ttl: '200ms', grace: '60000ms', softTimeout: '10ms' },
]

const items = [0, 1, 2, 3].flatMap((group) => {
  const options = { ...lives[group], tags: [`group:${group}`] }
  return [0, 1, 2, 3, 4, 5].map((n) => rootKey(`item:${group}:${n}`, options))
})

const memberOptions = [0, 1].map((n): CheckedOptions => ({ ...lives[n], tags: (value) => value.tags }))
const members = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((n) =>
  rootKey(`member:${n}`, memberOptions[n % 2]!, [`team:${n % 3}`]),
)

const visits = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => visitKey(`s${n}`, lives[n % 2]!))

const coldGroup: CheckedOptions = { ...lives[0], tags: ['group:cold'] }

/** Nothing but the session vouches for these. */
const plain = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => rootKey(`plain:${n}`, lives[n % 4]!))

/**
 * Keys of each kind that are read seldom, and load slowly: what was invalidated lies about in Redis for a while, and a late fill is not
 * forestalled by another's.
 */
const cold = [0, 1, 2, 3].flatMap((n) => [
  rootKey(`cold:group:${n}`, coldGroup),
  rootKey(`cold:team:${n}`, memberOptions[0]!, ['team:cold']),
  rootKey(`cold:plain:${n}`, lives[0]!),
  visitKey(`cold${n}`, lives[0]!),
])

const warm: readonly ModelKey[] = [...items, ...members, ...visits, ...plain]

/** Every key of a history. */
export const modelKeys: readonly ModelKey[] = [...warm, ...cold]

/** Keys that can be read in one batch: of one namespace, with the same options. */
const batches: readonly (readonly ModelKey[])[] = [...new Set(warm.map(({ options }) => options))]
  .flatMap((options) => [undefined, sessions].map((namespace) => ({ options, namespace })))
  .map((each) => warm.filter((key) => key.options === each.options && key.namespace === each.namespace))
  .filter((keys) => keys.length > 0)

/** A key to read. */
export function pickKey(random: Random): ModelKey {
  return random.pick(random.chance(0.015) ? cold : warm)
}

/** Keys to read together, of one namespace; with the same options, where these are needed. */
export function pickKeys(random: Random, length: number, isSameOptions: boolean): readonly ModelKey[] {
  const { namespace } = random.pick(warm)
  const keys = isSameOptions ? random.pick(batches) : warm.filter((key) => key.namespace === namespace)
  return random.shuffle(keys).slice(0, length)
}

export function isCold(key: ModelKey): boolean {
  return cold.includes(key)
}

/** What one call invalidates together, besides lists of keys. */
export const modelGroups: readonly ModelGroup[] = [
  ...[0, 1, 2, 3].flatMap((group): ModelGroup[] => {
    const keys = items.filter(({ name }) => name.startsWith(`item:${group}:`))
    return [
      { call: { type: 'tags', tag: `group:${group}` }, keys },
      { call: { type: 'matching', pattern: `item:${group}:*` }, keys },
    ]
  }),
  { call: { type: 'tags', tag: 'group:cold' }, keys: cold.filter(({ options }) => options === coldGroup) },
  { call: { type: 'dynamicTags', tag: 'team:cold' }, keys: cold.filter(({ dynamicTags }) => dynamicTags.length > 0) },
  ...[0, 1, 2].map((team): ModelGroup => {
    const tag = `team:${team}`
    return { call: { type: 'dynamicTags', tag }, keys: members.filter(({ dynamicTags }) => dynamicTags.includes(tag)) }
  }),
  { call: { type: 'namespace' }, keys: modelKeys.filter(({ namespace }) => namespace === sessions) },
  { call: { type: 'all' }, keys: modelKeys },
]

function rootKey(key: string, options: CheckedOptions, dynamicTags: readonly string[] = []): ModelKey {
  return { name: key, key, namespace: undefined, dynamicTags, options }
}

function visitKey(key: string, options: CheckedOptions): ModelKey {
  return { name: `${sessions}/${key}`, key, namespace: sessions, dynamicTags: [], options }
}
