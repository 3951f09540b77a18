import { SerializationError } from './errors.ts'
import { Nesting } from './nesting.ts'
import { takeApart } from './parts.ts'
import { indicesIfSparse, isPlain, refuseSymbols } from './plain.ts'

type Fields = Record<string, unknown>

/** Turns values into what JSON can say. Parts that it says as they are stay as they are: nothing is copied. */
export class JsonWriter {
  readonly #nesting = new Nesting()

  /** @throws {SerializationError} when the value would not come back equal */
  text(value: unknown): string {
    return JSON.stringify(this.#sayable(value))
  }

  #sayable(value: unknown): unknown {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value
      case 'number':
        return Number.isFinite(value) && !Object.is(value, -0) ? value : { $number: numberName(value) }
      case 'undefined':
        return { $undefined: 1 }
      case 'bigint':
        return { $bigint: value.toString(16) }
      case 'object':
        return value === null ? null : this.#object(value)
      default:
        throw new SerializationError(`A ${typeof value} cannot be serialized.`)
    }
  }

  #object(value: object): unknown {
    this.#nesting.enter(value)
    const sayable = Array.isArray(value)
      ? this.#array(value)
      : isPlain(value)
        ? this.#plain(value)
        : this.#special(value)
    this.#nesting.leave()
    return sayable
  }

  #array(array: readonly unknown[]): unknown {
    const indices = indicesIfSparse(array)
    if (indices === undefined) return this.#items(array)
    const elements = indices.flatMap((index) => [index, this.#sayable(array[index])])
    return { $sparse: [array.length, ...elements] }
  }

  #items(items: readonly unknown[]): readonly unknown[] {
    let copy: unknown[] | undefined
    for (let i = 0; i < items.length; i++) {
      const item = items[i]
      const sayable = this.#sayable(item)
      if (copy === undefined && sayable !== item) copy = items.slice(0, i)
      copy?.push(sayable)
    }
    return copy ?? items
  }

  #plain(object: Fields): Fields {
    refuseSymbols(object)
    const keys = Object.keys(object)
    let copy: Fields | undefined
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]!
      const field = object[key]
      const sayable = this.#sayable(field)
      const isEscaped = key.startsWith('$')
      if (copy === undefined && (sayable !== field || isEscaped)) copy = firstFields(object, keys.slice(0, i))
      if (copy !== undefined) setField(copy, isEscaped ? `$${key}` : key, sayable)
    }
    return copy ?? object
  }

  #special(value: object): Fields {
    const parts = takeApart(value)
    switch (parts.type) {
      case 'date':
        return { $date: Number.isNaN(parts.ms) ? null : parts.ms }
      case 'map':
        return { $map: this.#items(parts.entries.flat()) }
      case 'set':
        return { $set: this.#items(parts.items) }
      case 'url':
        return { $url: parts.href }
      case 'regExp':
        return { $regexp: [parts.source, parts.flags, parts.lastIndex] }
      case 'bytes':
        return { $bytes: [parts.view, base64(parts.bytes)] }
      default:
        return { $error: [parts.error.type, ...this.#items(parts.error.fields.flat())] }
    }
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

function numberName(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}

function firstFields(object: Fields, keys: readonly string[]): Fields {
  const copy: Fields = {}
  for (const key of keys) setField(copy, key, object[key])
  return copy
}

/** Sets a field, one named `__proto__` too. */
export function setField(object: Fields, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true })
  else object[key] = value
}
