import { UsageError } from '../exit.ts'
import type { Peer } from './peer.ts'

/** Where each contender's adapter stands, and under which name it is exported. */
const adapters: Readonly<Record<string, readonly [file: string, name: string]>> = {
  holdfast: ['holdfast.ts', 'peer'],
  'holdfast-nobreaker': ['holdfast.ts', 'unbroken'],
  map: ['raw-map.ts', 'peer'],
  'lru-cache': ['lru-cache.ts', 'peer'],
  'node-cache': ['node-cache.ts', 'peer'],
  ioredis: ['ioredis.ts', 'peer'],
  'ioredis-auto': ['ioredis.ts', 'autoPipelining'],
  'ioredis-announcing': ['ioredis.ts', 'announcing'],
  'node-redis': ['node-redis.ts', 'peer'],
  bentocache: ['bentocache.ts', 'peer'],
  'bentocache-ref': ['bentocache.ts', 'unserialized'],
  cacheable: ['cacheable.ts', 'peer'],
  'cache-manager': ['cache-manager.ts', 'peer'],
  'async-cache-dedupe': ['async-cache-dedupe.ts', 'peer'],
}

export const peerNames: readonly string[] = Object.keys(adapters)

/**
 * Loads an adapter, and its library with it. Each `instance` is a module of its own: the closures of one contender never share
 * their type feedback with those of another.
 */
export async function loadPeer(name: string, instance: string): Promise<Peer> {
  const adapter = adapters[name]
  if (!adapter) throw new UsageError(`There is no peer ${name}. There are ${peerNames.join(', ')}.`)
  const [file, exported] = adapter
  const module = (await import(`${import.meta.resolve(`./${file}`)}?instance=${instance}`)) as Record<string, Peer>
  const peer = module[exported]
  if (!peer) throw new Error(`${file} exports no ${exported}.`)
  return peer
}
