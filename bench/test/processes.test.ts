import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { Job, Message } from '../src/engine/job.ts'
import { repositoryRoot } from '../src/engine/repository.ts'
import { runChild } from '../src/engine/run-child.ts'
import { InfrastructureError } from '../src/exit.ts'

let odd: string

/** A build whose memory store holds nothing, and which lacks everything else. */
beforeAll(() => {
  odd = mkdtempSync(join(tmpdir(), 'build-'))
  const source = join(odd, 'packages', 'memory', 'src')
  mkdirSync(source, { recursive: true })
  writeFileSync(
    join(source, 'index.ts'),
    'export const memoryStore = () => ({ get() {}, set() {}, delete() {}, clear() {} })\n',
  )
})

afterAll(() => {
  rmSync(odd, { recursive: true })
})

const effort = { warmMs: 5, sliceMs: 0.5 }

async function run(job: Job): Promise<readonly Message[]> {
  const messages: Message[] = []
  await runChild(job, {}, (message) => messages.push(message))
  return messages
}

function duel(caseId: string, base: string, head: string): Promise<readonly Message[]> {
  const spec = {
    id: 'bench',
    caseId,
    base: { root: base, copy: 'base' },
    head: { root: head, copy: 'head' },
    inflation: 1,
  }
  return run({ type: 'duel', redisUrl: '', replicate: 0, effort, slices: 4, duels: [spec] })
}

describe('a process', () => {
  it('times two copies of a build and gives one point', async () => {
    const [message, ...more] = await duel('memory.store10k', repositoryRoot, repositoryRoot)

    expect(more).toEqual([])
    expect(message).toMatchObject({ type: 'point', id: 'bench' })
    if (message?.type !== 'point') throw new Error('no point')
    expect(message.point.baseMs).toBeGreaterThan(0)
    expect(Number.isFinite(message.point.x)).toBe(true)
  })

  it('says which side lacks what is needed', async () => {
    expect(await duel('memory.get', odd, repositoryRoot)).toEqual([
      { type: 'missing', id: 'bench', side: 'base', reason: `${odd} exports no createCache.` },
    ])
  })

  it('says which side stopped hitting', async () => {
    const [message] = await duel('memory.store10k', repositoryRoot, odd)

    expect(message).toMatchObject({
      type: 'threw',
      side: 'head',
      reason: 'Expected a hit in every operation, got undefined.',
    })
  })

  it('compares contenders, and leaves out one that cannot be opened', async () => {
    const messages = await run({
      type: 'compare',
      caseId: 'memory.get',
      contenders: ['map', 'holdfast'],
      root: odd,
      redisUrl: '',
      effort,
      timeMs: 4,
      replicate: 0,
    })

    expect(messages.map(({ type }) => type)).toEqual(['unable', 'samples'])
    expect(messages[1]).toMatchObject({ samples: [{ name: 'map' }] })
  })

  it('counts loader calls and allocations', async () => {
    const build = { root: repositoryRoot, copy: 'head' }
    const [message] = await run({ type: 'count', redisUrl: '', build, caseIds: ['memory.getOrSet'], replicate: 0 })

    expect(message).toMatchObject({ type: 'counts', caseId: 'memory.getOrSet', counts: { loads: 0 } })
  })

  it('that dies is an error with the end of what it said', async () => {
    const broken = run({
      type: 'count',
      redisUrl: '',
      build: { root: odd, copy: 'a' },
      caseIds: ['no.such.case'],
      replicate: 0,
    })

    await expect(broken).rejects.toThrow(InfrastructureError)
    await expect(broken).rejects.toThrow('There is no bench no.such.case')
  })
})
