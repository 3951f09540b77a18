import { existsSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { join, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

import type { withBreaker } from '@holdfast/breaker'
import type { createCache, json } from '@holdfast/core'
import type { cacheResponse } from '@holdfast/http'
import type { memoryStore } from '@holdfast/memory'
import type { msgpack } from '@holdfast/msgpack'
import type { redisStore } from '@holdfast/redis'

/** The parts of Holdfast that are measured, from one checkout. A suite reaches them through this only, so that two builds can be compared. */
export interface Sdk {
  readonly cacheResponse: typeof cacheResponse
  readonly createCache: typeof createCache
  readonly json: typeof json
  readonly memoryStore: typeof memoryStore
  readonly msgpack: typeof msgpack
  readonly redisStore: typeof redisStore
  readonly withBreaker: typeof withBreaker
}

/** A checkout lacks something that a bench needs: the bench is new, and cannot be compared. */
export class MissingApiError extends Error {
  override readonly name: string = 'MissingApiError'
}

const homes: Readonly<Record<keyof Sdk, string>> = {
  cacheResponse: 'http',
  createCache: 'core',
  json: 'core',
  memoryStore: 'memory',
  msgpack: 'msgpack',
  redisStore: 'redis',
  withBreaker: 'breaker',
}

/**
 * Loads the sources of a checkout. Two loads with different `copy` names share no module of ours, even from the same folder, and
 * so no optimised code and no type feedback: this is what makes a comparison of a build with itself honest.
 */
export async function loadSdk(root: string, copy: string): Promise<Sdk> {
  keepCopiesApart()
  const sdk = {}
  for (const [name, home] of Object.entries(homes)) {
    const file = join(root, 'packages', home, 'src', 'index.ts')
    const module = existsSync(file)
      ? ((await import(`${pathToFileURL(file).href}?copy=${copy}`)) as Record<string, unknown>)
      : {}
    Object.defineProperty(sdk, name, {
      get() {
        if (module[name] === undefined) throw new MissingApiError(`${root} exports no ${name}.`)
        return module[name]
      },
    })
  }
  return sdk as Sdk
}

let areApart = false

/** A module of a copy imports its own sources as the same copy; libraries are shared. */
function keepCopiesApart(): void {
  if (areApart) return
  areApart = true
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context)
      const copy = context.parentURL === undefined ? null : new URL(context.parentURL).searchParams.get('copy')
      if (copy === null || !resolved.url.startsWith('file:') || resolved.url.includes('?')) return resolved
      if (fileURLToPath(resolved.url).includes(`${sep}node_modules${sep}`)) return resolved
      return { ...resolved, url: `${resolved.url}?copy=${copy}` }
    },
  })
}
