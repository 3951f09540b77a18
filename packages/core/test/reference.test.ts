import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cacheOptionNames } from '../src/cache-options.ts'
import * as errors from '../src/errors.ts'
import { eventNames } from '../src/events.ts'
import { defaultPolicy, mergePolicy, perCall, readOptionNames } from '../src/options.ts'

/** The first cells of the tables of a reference page, heading by heading, and their rows. */
function tables(page: string): ReadonlyMap<string, readonly (readonly string[])[]> {
  const text = readFileSync(join(import.meta.dirname, '../../../docs/reference', page), 'utf8')
  return new Map(
    text.split(/^#+ /m).map((section) => {
      const rows = Array.from(section.matchAll(/^\| `(.*)\|$/gm), ([row]) => row.split('|').map((cell) => cell.trim()))
      return [section.split('\n')[0]!, rows.map((cells) => cells.slice(1, -1).map((cell) => cell.replaceAll('`', '')))]
    }),
  )
}

const names = (rows: readonly (readonly string[])[] | undefined): string[] =>
  (rows ?? []).map((cells) => cells[0]!).sort()

describe('the reference', () => {
  it('lists every option, each where it may stand', () => {
    const options = tables('options.md')

    expect(names(options.get('Of a read, a write, a namespace and a cache'))).toEqual(
      readOptionNames.filter((name) => !perCall.includes(name)).sort(),
    )
    expect(names(options.get('Of one call only'))).toEqual([...perCall].sort())
    expect(names(options.get('Of a cache'))).toEqual([...cacheOptionNames].sort())
  })

  it('knows what holds where nothing is said', () => {
    const rows = tables('options.md').get('Of a read, a write, a namespace and a cache')!
    const written = rows.filter((cells) => cells[1] !== 'none')
    const said = Object.fromEntries(written.map(([name, value]) => [name, parse(value!)]))

    expect(mergePolicy(defaultPolicy, said)).toEqual(defaultPolicy)
    expect(written.length).toBeGreaterThan(6)
  })

  it('lists every error with its code', () => {
    const rows = [...tables('errors.md').values()].flat()
    const classes = Object.values(errors).filter((each) => each !== errors.HoldfastError)
    const made = classes.map((Class) => new (Class as new (message: string) => errors.HoldfastError)('message'))
    const known = made.map(({ code, name }) => `${code} ${name}`)

    expect(rows.map(([code, name]) => `${code} ${name}`).sort()).toEqual(known.sort())
  })

  it('lists every event', () => {
    expect(names([...tables('events.md').values()].flat())).toEqual([...eventNames].sort())
  })
})

function parse(written: string): unknown {
  return JSON.parse(written.replaceAll("'", '"')) as unknown
}
