import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { JournalFile, journalHeader, journalLine } from './journal-file.ts'
import { Journal } from './journal.ts'

const bounds = { maxEntries: 10, maxBytes: 1_000_000 }
let folder: string
let path: string
let failures: unknown[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-journal-'))
  path = join(folder, 'journal')
  failures = []
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** The journal of another process on the same file; the one before may have died at any time. */
function process(): Journal {
  return new Journal(bounds, new JournalFile(path, (cause) => failures.push(cause)))
}

const everything = { keys: [], tags: [], all: true }

describe('a journal with a file', () => {
  it('is found by the next process, each name once', () => {
    const dying = process()
    dying.addKeys(['a', 'with\nline and \ud800 and "quotes"', 'a'])
    dying.addTags(['t'])

    const next = process()

    expect(next.take()).toEqual({ keys: ['a', 'with\nline and \ud800 and "quotes"'], tags: ['t'], all: false })
  })

  it('keeps what is being applied until it holds', () => {
    const dying = process()
    dying.addKeys(['a'])
    dying.take()

    const second = process()
    const taken = second.take()!
    expect(taken.keys).toEqual(['a'])
    second.addKeys(['b'])
    second.applied(taken)

    expect(process().take()!.keys).toContain('b')
  })

  it('is empty when everything holds, and small', () => {
    const journal = process()
    const empty = statSync(path).size
    journal.addKeys(['a', 'b'])
    journal.addTags(['t'])

    journal.applied(journal.take()!)

    expect(statSync(path).size).toBe(empty)
    expect(process().take()).toBeUndefined()
  })

  it('is found again after a replay that failed', () => {
    const journal = process()
    journal.addKeys(['a'])
    journal.restore(journal.take()!)

    expect(process().take()).toEqual({ keys: ['a'], tags: [], all: false })
  })

  it('says everything when it overflowed', () => {
    const journal = process()
    journal.addKeys(Array.from({ length: 11 }, (_, n) => `key:${n}`))

    expect(process().take()).toEqual(everything)
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(3)
  })

  it('does not grow without end, however often the same is invalidated', () => {
    const journal = process()
    for (let n = 0; n < 1_000; n++) {
      const taken = journal.take()
      journal.addKeys(['a', 'b', `key:${n % 3}`])
      if (taken !== undefined) journal.applied(taken)
    }

    expect(readFileSync(path, 'utf8').split('\n').length).toBeLessThan(30)
    expect(process().take()!.keys).toEqual(expect.arrayContaining(['a', 'b']))
  })

  it('is carried on by the next process', () => {
    process().addKeys(['a'])
    process().addKeys(['b'])

    expect(process().take()!.keys).toEqual(['a', 'b'])
    expect(failures).toEqual([])
  })
})

describe('a file that was made anew', () => {
  function rewritten(): JournalFile {
    const file = new JournalFile(path, (cause) => failures.push(cause))
    file.append('k', ['old'])
    file.rewrite({ keys: ['a', 'b'], tags: ['t'], all: false })
    return file
  }

  it('says what it was told, keys and tags', () => {
    const file = rewritten()

    expect(file.entries).toBe(3)
    expect(readFileSync(path, 'utf8')).toBe(
      journalHeader + journalLine('k', 'a') + journalLine('k', 'b') + journalLine('t', 't'),
    )
  })

  it('is the one that is written to', () => {
    const file = rewritten()
    file.append('k', ['c'])
    file.append('t', ['u'])

    const next = new JournalFile(path, (cause) => failures.push(cause))

    expect(next.left).toEqual({ keys: ['a', 'b', 'c'], tags: ['t', 'u'], all: false })
    expect([file.entries, next.entries]).toEqual([5, 5])
  })

  it('says everything in one line', () => {
    const file = rewritten()
    file.rewrite({ keys: ['a'], tags: [], all: true })

    expect(readFileSync(path, 'utf8')).toBe(journalHeader + journalLine('a', ''))
    expect(new JournalFile(path, () => undefined).entries).toBe(1)
  })

  it('says nothing after it was cleared, and then what comes', () => {
    const file = rewritten()
    file.clear()
    expect([file.entries, readFileSync(path, 'utf8')]).toEqual([0, journalHeader])

    file.append('k', ['later'])

    expect(new JournalFile(path, () => undefined).left.keys).toEqual(['later'])
  })
})

describe('a file that was closed', () => {
  it('stays as it is', () => {
    const file = new JournalFile(path, (cause) => failures.push(cause))
    file.append('k', ['a'])
    file.close()

    file.append('k', ['b'])
    file.clear()
    file.close()

    expect(readFileSync(path, 'utf8')).toBe(journalHeader + journalLine('k', 'a'))
    expect(failures).toEqual([])
  })
})

describe('a journal whose file cannot be believed', () => {
  it.each([
    ['was cut off in the middle of a line', (size: number) => truncateSync(path, size - 3)],
    ['was cut off in its first line', () => truncateSync(path, 5)],
    ['has a byte that changed', () => writeFileSync(path, readFileSync(path, 'utf8').replace('"a"', '"A"'))],
    ['is of something else', () => writeFileSync(path, '{"not":"ours"}\n')],
    ['is of another format', () => writeFileSync(path, readFileSync(path, 'utf8').replace('journal 1', 'journal 2'))],
    ['has a line that is none of ours', () => appendFileSync(path, 'a line\n')],
    ['has a name that is none', () => appendFileSync(path, journalLine('k', 5 as never))],
    ['has an entry of an unknown kind', () => appendFileSync(path, journalLine('x' as never, 'a'))],
    ['is far too large', () => truncateSync(path, 65 * 1024 * 1024)],
  ])('says everything: the file %s', (_, spoil) => {
    process().addKeys(['a', 'b'])
    spoil(statSync(path).size)

    const next = process()

    expect(next.take()).toEqual(everything)
    expect(failures).toEqual([])
    // As long as that does not hold, the next one says so too.
    expect(process().take()).toEqual(everything)
  })

  it('says everything when all of it that was written could not be', () => {
    const file = new JournalFile(path, (cause) => failures.push(cause))
    const journal = new Journal(bounds, file)
    journal.addKeys(['a'])
    rmSync(folder, { recursive: true })
    // A file that is gone cannot be replaced.
    journal.addAll()
    journal.addKeys(['b'])

    expect(failures).toHaveLength(1)
    expect(journal.take()).toEqual(everything)
  })

  it('is made so that nobody believes it when it cannot be replaced', () => {
    const file = new JournalFile(path, (cause) => failures.push(cause))
    file.append('k', ['a'])
    mkdirSync(`${path}.next`)

    file.rewrite({ keys: ['b'], tags: [], all: false })
    file.append('k', ['c'])

    expect(failures).toEqual([expect.objectContaining({ code: 'EISDIR' })])
    expect(statSync(path).size).toBe(1)
    rmSync(`${path}.next`, { recursive: true })
    expect(process().take()).toEqual(everything)
    expect(readFileSync(path, 'utf8')).toBe(journalHeader + journalLine('a', ''))
  })

  it('goes on in memory where there can be no file', () => {
    const journal = new Journal(
      bounds,
      new JournalFile(join(folder, 'no', 'such', 'folder'), (cause) => failures.push(cause)),
    )
    journal.addKeys(['a'])

    expect(failures).toEqual([expect.objectContaining({ code: 'ENOENT' })])
    expect(journal.take()!.keys).toEqual(['a'])
  })
})
