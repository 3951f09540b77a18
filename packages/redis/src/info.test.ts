import { describe, expect, it } from 'vitest'
import { infoOf } from './info.ts'
import { ReplyError } from './link.ts'

describe('infoOf', () => {
  it('reads the sections of INFO, whatever else they say', () => {
    const memory = Buffer.from(
      '# Memory\r\nused_memory:1048576\r\nused_memory_human:1.00M\r\nmaxmemory:4194304\r\nmaxmemory_policy:allkeys-lru\r\n',
    )
    const stats = Buffer.from(
      '# Stats\r\nkeyspace_hits:7\r\nkeyspace_misses:3\r\nevicted_keys:0\r\nexpired_keys:12\r\n',
    )

    expect(infoOf([memory, stats])).toEqual({
      usedBytes: 1_048_576,
      maxBytes: 4_194_304,
      evictionPolicy: 'allkeys-lru',
      keyspaceHits: 7,
      keyspaceMisses: 3,
      evictions: 0,
      expirations: 12,
    })
  })

  it('takes a maximum of 0 for none', () => {
    expect(infoOf([Buffer.from('used_memory:1\r\nmaxmemory:0\r\n')])).toEqual({ usedBytes: 1 })
  })

  it('leaves out what the server refuses, and what is no number', () => {
    expect(infoOf([new ReplyError('NOPERM no'), Buffer.from('used_memory:\r\nuptime_in_seconds:nan\r\n')])).toEqual({})
  })
})
