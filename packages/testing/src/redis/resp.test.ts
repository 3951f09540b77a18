import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeCommand, type RedisReplyError, RespParser, type RespReply } from './resp.ts'

describe('RespParser', () => {
  it('reads every kind of reply', () => {
    const bytes = Buffer.from('+OK\r\n:-7\r\n$3\r\na\r\n\r\n$-1\r\n*-1\r\n*2\r\n$0\r\n\r\n*1\r\n:1\r\n-OOM no room\r\n')

    const replies = new RespParser().push(bytes)

    expect(replies).toEqual(['OK', -7, Buffer.from('a\r\n'), null, null, [Buffer.alloc(0), [1]], expect.any(Error)])
    expect((replies.at(-1) as RedisReplyError).code).toBe('OOM')
  })

  it('reads the same whatever the cuts between chunks', () => {
    const commands = fc.array(fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 5 }), {
      maxLength: 5,
    })
    const cuts = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 50 })

    fc.assert(
      fc.property(commands, cuts, (sent, lengths) => {
        const parser = new RespParser()
        const replies: RespReply[] = []
        const bytes = Buffer.concat(sent.map(encodeCommand))
        for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
          const next = at + lengths[turn % lengths.length]!
          replies.push(...parser.push(bytes.subarray(at, next)))
          at = next
        }
        expect(replies).toEqual(sent.map((args) => args.map((arg) => Buffer.from(arg))))
      }),
    )
  })

  it('refuses what is no RESP2', () => {
    expect(() => new RespParser().push(Buffer.from('HTTP/1.1 400\r\n'))).toThrow(/Expected a RESP2 reply/)
  })
})
