import { createCache, json, msgpack, redisStore, type Cache } from '../../src/index.ts'

/** One cache for each way in which values become bytes, each under a prefix of its own. */
export function cachesOf(url: string): Readonly<Record<'msgpack' | 'zipped' | 'json', Cache>> {
  // The server that plays the bytes back is another one than recorded them.
  const remote = (prefix: string): ReturnType<typeof redisStore> => redisStore(url, { prefix, onRestart: 'trust' })
  const remoteTimeout = '10s'
  const zipped = msgpack({ compress: { above: 64, method: 'deflate' } })
  return {
    msgpack: createCache({ remote: remote('wire-msgpack:'), serializer: msgpack(), remoteTimeout }),
    zipped: createCache({ remote: remote('wire-zipped:'), serializer: zipped, remoteTimeout }),
    json: createCache({ remote: remote('wire-json:'), serializer: json(), remoteTimeout }),
  }
}
