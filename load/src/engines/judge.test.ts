import { describe, expect, it } from 'vitest'
import type { Read, Write } from '../traffic/catalog.ts'
import type { Reply } from './http/connection.ts'
import { Judge } from './judge.ts'

const read: Read = { type: 'read', route: 'lead', path: '/api/leads/7', key: 'lead:7', scope: 'lead:7' }
const write: Write = { type: 'write', route: 'change-lead', path: '/api/leads/7', method: 'PATCH', body: '{}' }

function reply(body: object, { endAt = 0, status = 200, cache = 'hit memory' } = {}): Reply {
  const answer = { status, cache, loadMs: 0, body: Buffer.from(JSON.stringify(body)), keepsAlive: true }
  return { type: 'answered', answer, firstByteAt: endAt, endAt }
}

function shown(version: number, readAt = Date.now()): Reply {
  return reply({ key: 'lead:7', version, readAt, data: {} })
}

describe('the judge', () => {
  it('passes an answer to the question, with its outcome', () => {
    const verdict = new Judge().judge(read, shown(1), 0)

    expect(verdict).toEqual({ load: 0, status: 200, outcome: 'hit memory', fault: 'none', staleness: 0, overage: 0 })
  })

  it.each([
    ['of another key', reply({ key: 'lead:8', version: 1, readAt: 1, data: {} })],
    ['of a key that begins like it', reply({ key: 'lead:70', version: 1, readAt: 1, data: {} })],
    ['without a version', reply({ key: 'lead:7', data: {} })],
    ['that is empty', reply({})],
  ])('sees an answer %s', (_, answer) => {
    expect(new Judge().judge(read, answer, 0).fault).toBe('wrong key')
  })

  it('sees how long the write had been acknowledged that an answer does not show', () => {
    const judge = new Judge()
    judge.judge(write, reply({ id: 7, versions: { 'lead:7': 2 } }, { endAt: 100 }), 90)
    judge.judge(write, reply({ id: 7, versions: { 'lead:7': 3 } }, { endAt: 150 }), 140)

    const stalenesses = [
      judge.judge(read, shown(1), 130).staleness,
      judge.judge(read, shown(2), 180).staleness,
      judge.judge(read, shown(3), 200).staleness,
    ]

    expect(stalenesses).toEqual([30, 30, 0])
    expect(judge.versions).toEqual(new Map([['lead:7', 3]]))
  })

  it('lets an answer be old that was asked for before the write was acknowledged', () => {
    const judge = new Judge()
    judge.judge(write, reply({ id: 7, versions: { 'lead:7': 2 } }, { endAt: 100 }), 90)

    expect(judge.judge(read, shown(1), 100).staleness).toBe(0)
  })

  it('sees an answer that is older than its ttl', () => {
    const bounded = { ...read, maxAgeMs: 1_000 }

    expect(new Judge().judge(bounded, shown(1, Date.now() - 5_000), 0).overage).toBeGreaterThan(3_900)
    expect(new Judge().judge(bounded, shown(1, Date.now() - 500), 0).overage).toBe(0)
  })

  it('sees errors, and answers that never came', () => {
    const judge = new Judge()

    expect(judge.judge(read, reply({}, { status: 500 }), 0)).toMatchObject({ fault: 'status', status: 500 })
    expect(judge.judge(read, { type: 'failed', reason: 'timeout', endAt: 1 }, 0)).toMatchObject({ fault: 'timeout' })
  })
})
