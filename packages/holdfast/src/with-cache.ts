import { InvalidOptionError } from '@holdfast/core'
import { textOfArguments, type Derived } from './call-key.ts'
import { asIncoming, textOfRequest, type Vary } from './incoming.ts'
import { toReadOptions, type KitReadOptions } from './kit-read-options.ts'
import { readThrough, type KitBase } from './read-through.ts'

/** How the answers of a method are cached. */
export interface WithCacheOptions extends KitReadOptions<never> {
  /**
   * The key, or a function of the arguments. @default class, method and arguments. A request among them counts as its method and its
   * URL with the query sorted. What `this` holds is no part of it: where answers differ by it, say so here
   */
  readonly key?: string | ((...args: never[]) => string) | undefined
  /** Replaces class and method in the key; needed where a bundler shortens names. */
  readonly name?: string | undefined
  /**
   * By what answers to a request differ besides its URL: names of headers, or a function. Without it (or `key`) a request that
   * carries `authorization` or `cookie` is not cached, since its answer may be for one user alone.
   */
  readonly vary?: Vary | undefined
}

type AsyncMethod = (...args: never[]) => Promise<unknown>

/** A decorator of asynchronous methods, standard (TC39) and legacy (`experimentalDecorators`) alike. */
export interface CachedMethod {
  <F extends AsyncMethod>(method: F, context: ClassMethodDecoratorContext): F
  <F extends AsyncMethod>(
    target: object,
    property: string | symbol,
    descriptor: TypedPropertyDescriptor<F>,
  ): TypedPropertyDescriptor<F>
}

/** Caches what a method returns. */
export type WithCache = (options?: WithCacheOptions) => CachedMethod

type AnyMethod = (this: unknown, ...args: unknown[]) => Promise<unknown>

export function withCache(base: KitBase): WithCache {
  const methods = new KnownMethods()
  return (options = {}) => {
    const { key, name, vary, ...reading } = options
    toReadOptions(reading)
    const wrap = (method: AnyMethod, property: string | symbol): AnyMethod => {
      const derive = {
        key: key as string | ((...args: unknown[]) => string) | undefined,
        name,
        vary,
        property,
        methods,
      }
      const cached: AnyMethod = async function (...args) {
        const found = await deriveKey(this, method, args, derive)
        if (found.type === 'text')
          return (
            await readThrough(base, 'method', found.text, () => method.apply(this, args), reading as KitReadOptions)
          ).data
        if (!base.isBypassed)
          base.log.once(`${String(property)} ${found.why}`, `${labelOf(this, property)}() is not cached: ${found.why}.`)
        return method.apply(this, args)
      }
      Object.defineProperty(cached, 'name', { value: method.name, configurable: true })
      Object.defineProperty(cached, 'length', { value: method.length, configurable: true })
      return cached
    }
    return ((target: unknown, second: unknown, descriptor?: PropertyDescriptor) => {
      if (isStandard(second)) {
        if (second.kind !== 'method') throw notAMethod(second.name)
        return wrap(target as AnyMethod, second.name)
      }
      const property = second as string | symbol
      if (typeof descriptor?.value !== 'function') throw notAMethod(property)
      return { ...descriptor, value: wrap(descriptor.value as AnyMethod, property) }
    }) as CachedMethod
  }
}

interface Derivation {
  readonly key: string | ((...args: unknown[]) => string) | undefined
  readonly name: string | undefined
  readonly vary: Vary | undefined
  readonly property: string | symbol
  readonly methods: KnownMethods
}

async function deriveKey(
  self: unknown,
  method: AnyMethod,
  args: readonly unknown[],
  how: Derivation,
): Promise<Derived> {
  if (typeof how.key === 'string') return { type: 'text', text: how.key }
  if (typeof how.key === 'function') return { type: 'text', text: how.key.apply(self, [...args]) }
  const label =
    how.name === undefined ? how.methods.label(self, how.property, method) : { type: 'text' as const, text: how.name }
  if (label.type === 'none') return label
  // Next.js gives a route's parameters as a promise.
  const known = await Promise.all(args.map(settle))
  const requests = known.map((arg) => textOfMaybeRequest(arg, how.vary))
  const refused = requests.find((request) => request?.type === 'none')
  if (refused !== undefined) return refused
  const derived = textOfArguments(known, (_, index) => {
    const request = requests[index]
    return request?.type === 'text' ? request.text : undefined
  })
  if (derived.type === 'none')
    return { type: 'none', why: `${derived.why}, from which no key can be made: give it a \`key\`` }
  return derived.text === '' ? label : { type: 'text', text: `${label.text}:${derived.text}` }
}

function textOfMaybeRequest(arg: unknown, vary: Vary | undefined): Derived | undefined {
  const request = asIncoming(arg)
  return request === undefined ? undefined : textOfRequest(request, vary)
}

/** An argument with the promises it is, or holds in its own fields, settled. */
async function settle(arg: unknown): Promise<unknown> {
  const settled: unknown = await arg
  if (typeof settled !== 'object' || settled === null || Object.getPrototypeOf(settled) !== Object.prototype)
    return settled
  const fields = Object.entries(settled)
  if (!fields.some(([, field]) => field instanceof Promise)) return settled
  return Object.fromEntries(await Promise.all(fields.map(async ([name, field]) => [name, await field] as const)))
}

/** The methods that are told apart by class and name alone, so that two of one name do not share their answers. */
class KnownMethods {
  readonly #sources = new Map<string, string>()
  readonly #labels = new WeakMap<object, Map<string | symbol, Derived>>()

  label(self: unknown, property: string | symbol, method: AnyMethod): Derived {
    const made = constructorOf(self)
    if (made === undefined) return { type: 'none', why: 'it was called without its object' }
    const labels = this.#labels.get(made) ?? new Map<string | symbol, Derived>()
    this.#labels.set(made, labels)
    const known = labels.get(property)
    if (known !== undefined) return known
    const label = this.#judge(made, labelOf(self, property), method)
    labels.set(property, label)
    return label
  }

  #judge(made: Constructor, label: string, method: AnyMethod): Derived {
    if (made.name.length <= 2) {
      const why = `its class is called '${made.name}', which a bundler may give to another class too: give it a \`name\``
      return { type: 'none', why }
    }
    // The same source is the same class again: hot reloading, or a second copy of a module.
    const source = `${String(made)}\n${String(method)}`
    const known = this.#sources.get(label)
    if (known !== undefined && known !== source && process.env['NODE_ENV'] !== 'development')
      return { type: 'none', why: 'another class has a method of this name: give one of them a `name`' }
    this.#sources.set(label, source)
    return { type: 'text', text: label }
  }
}

function labelOf(self: unknown, property: string | symbol): string {
  const name = typeof property === 'symbol' ? (property.description ?? 'symbol') : property
  return `${constructorOf(self)?.name ?? ''}.${name}`
}

type Constructor = (...args: never[]) => unknown

/** The class of an instance; a class itself, for its static methods. */
function constructorOf(self: unknown): Constructor | undefined {
  if (typeof self === 'function') return self as Constructor
  if (typeof self !== 'object' || self === null || typeof self.constructor !== 'function') return undefined
  return self.constructor as Constructor
}

function isStandard(second: unknown): second is { readonly kind: string; readonly name: string | symbol } {
  return typeof second === 'object' && second !== null && 'kind' in second
}

function notAMethod(property: string | symbol): InvalidOptionError {
  return new InvalidOptionError(`Expected withCache to decorate a method, got ${String(property)}, which is none.`)
}
