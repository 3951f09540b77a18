import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { setStage } from './world/stage.ts'

const stage = setStage()

let folder: string
let file: string
let warned: Error[]
const note = (warning: Error): void => void warned.push(warning)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-journal-'))
  file = join(folder, 'journal')
  warned = []
  process.on('warning', note)
})

afterEach(() => {
  process.off('warning', note)
  rmSync(folder, { recursive: true, force: true })
})

/** Warnings are told in a later turn. */
const told = async (): Promise<readonly string[]> => {
  await new Promise((resolve) => setImmediate(resolve))
  return warned.map(({ message }) => message).filter((message) => message.startsWith('The journal file'))
}

describe('a cache whose journal has a file', () => {
  it('leaves to the next one what it could not invalidate', async () => {
    const { cache: other } = stage.connect()
    await other.set('a', 'old')
    await other.set('b', 'old', { tags: ['t'] })
    await other.set('c', 'kept')
    const dying = stage.connect({ journal: { file } })
    dying.store.cut()
    expect(await dying.cache.delete('a')).toMatchObject({ queued: true })
    expect(await dying.cache.invalidateTags('t')).toMatchObject({ queued: true })
    await dying.cache.close()

    const { cache } = stage.connect({ journal: { file } })

    expect(await cache.getMany(['a', 'b', 'c'])).toEqual(new Map([['c', 'kept']]))
    await stage.settle()
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(2)
    expect(await told()).toEqual([])
  })

  it('has none where there is no remote store', async () => {
    const { cache } = stage.open({ journal: { file } })
    await cache.delete('a')

    expect(() => readFileSync(file)).toThrow('ENOENT')
  })

  it('warns of a file that cannot be used, and goes on without it', async () => {
    const { cache, store } = stage.connect({ journal: { file: join(folder, 'no', 'journal') } })
    const errors: unknown[] = []
    cache.on('remoteError', (error) => errors.push(error.operation))
    store.cut()

    expect(await cache.delete('a')).toMatchObject({ queued: true })

    expect(await told()).toEqual([expect.stringMatching(/^The journal file .*journal cannot be used: Error: ENOENT/)])
    expect(errors).not.toContain('journal')
  })

  it('tells of one that can be written no more', async () => {
    const { cache, store } = stage.connect({ journal: { file, maxEntries: 1 } })
    const errors: unknown[] = []
    cache.on('remoteError', (error) => errors.push([error.operation, (error.cause as { code?: string }).code]))
    mkdirSync(`${file}.next`)
    writeFileSync(join(`${file}.next`, 'x'), '')
    store.cut()

    // It overflows, and a file that says everything would have to take its place.
    await cache.delete(['a', 'b', 'c'])

    expect(await told()).toEqual([expect.stringMatching(/cannot be used: Error: EISDIR/)])
    expect(errors).toContainEqual(['journal', 'EISDIR'])
    expect(readFileSync(file, 'utf8')).toHaveLength(1)
  })
})
