import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { optionNames, parseOptions } from '../src/options.ts'

describe('the options', () => {
  it('are all on the page of options', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/reference/http-options.md'), 'utf8')

    const listed = Array.from(page.matchAll(/^\| `(\w+)` \|/gm), ([, name]) => name!)

    expect(listed.sort()).toEqual([...optionNames].sort())
  })

  it.each([
    [{ tll: '1m' }, /Unknown option `tll`\. Did you mean `ttl`\? Known ones: ttl, grace/],
    [{ ttl: 60 }, /`ttl` to be a duration with its unit/],
    [{ grace: '1 hour' }, /`grace` to be a duration/],
    [{ vary: ['a b'] }, /`vary` to be names of headers/],
    [{ vary: { cookie: 'yes' } }, /`vary\.cookie` to be a function/],
    [{ key: 'user' }, /`key` to be a function/],
    [{ tags: 'items' }, /`tags` to be an array of tags or a function/],
    [{ invalidates: [''] }, /`invalidates` to be an array/],
    [{ heuristic: 2 }, /`heuristic` to be a number from 0 to 1/],
    [{ maxBodyBytes: 'big' }, /`maxBodyBytes`/],
    [{ clientDirectives: 'no' }, /`clientDirectives` to be true or false/],
    [{ name: 'two words' }, /`name` to be a token/],
  ])('%o is refused with what to write', (options, message) => {
    expect(() => parseOptions(options as never)).toThrow(message)
    expect(() => parseOptions(options as never)).toThrow(
      expect.objectContaining({ code: 'ERR_HOLDFAST_INVALID_OPTION' }),
    )
  })
})
