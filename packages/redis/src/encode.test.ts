import { Command as IoredisCommand } from 'ioredis'
import { describe, expect, it } from 'vitest'
import { encode } from './encode.ts'
import type { Command } from './link.ts'

describe('encode', () => {
  it.each<[string, readonly Command[]]>([
    ['one command of strings', [['GET', 'shop:user:1']]],
    ['text beyond ASCII', [['GET', 'shop:größe:😀']]],
    ['bytes', [['SET', 'shop:a', new Uint8Array([0xc1, 0, 13, 10, 255]), 'PX', '60000']]],
    ['empty arguments', [['SET', '', new Uint8Array(0)]]],
    ['bytes one after the other', [['EVALSHA', 'sha', '1', 'k', new Uint8Array([1]), new Uint8Array([2]), 'z']]],
    [
      'several commands',
      [
        ['SET', 'ä'.repeat(100), new Uint8Array(300).fill(7)],
        ['PUBLISH', 'c', 'm'],
      ],
    ],
  ])('writes %s as ioredis does', (_, commands) => {
    const expected = commands.map(([name, ...args]) =>
      Buffer.from(
        new IoredisCommand(
          name,
          args.map((arg) => (typeof arg === 'string' ? arg : Buffer.from(arg))),
        ).toWritable(undefined as never),
      ),
    )

    expect(Buffer.from(encode(commands))).toEqual(Buffer.concat(expected))
  })
})
