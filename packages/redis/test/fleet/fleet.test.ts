import { setTimeout as sleep } from 'node:timers/promises'
import { createCache } from '@holdfast/core'
import { startRedis } from '@holdfast/testing'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { redisStore } from '../../src/redis-store.ts'
import { until } from '../support/process.ts'
import { FleetProcess, type MemberReport, type MemberTask } from './fleet-process.ts'

const processes = 4
const callers = 250
const prefix = 'fleet:'

const server = await startRedis()
const fleet = await Promise.all(Array.from({ length: processes }, () => FleetProcess.start(server.url, prefix)))
afterAll(async () => {
  for (const member of fleet) member.kill()
  await server.stop()
})

const task: MemberTask = { key: 'none', value: 'new', callers, loadMs: 400, tags: [], grace: 0 }

/** Lets the fleet read at once. Counts what each process sends to Redis meanwhile, scripts as one command. */
async function stampede(
  told: MemberTask,
): Promise<{ reports: readonly MemberReport[]; commands: ReadonlyMap<string, readonly string[]> }> {
  const monitor = await server.connect()
  const lines: string[] = []
  await monitor.stream(['MONITOR'], (line) => lines.push(String(line)))
  const reports = fleet.map((member) => member.report())
  for (const member of fleet) member.tell(told)
  const all = await Promise.all(reports)
  await server.command('ECHO', 'the end')
  await until(() => lines.some((line) => line.includes('the end')))
  monitor.close()
  const commands = new Map<string, string[]>()
  for (const line of lines) {
    const [, from, what] = /\[\d+ (\S+)\] (.*)$/.exec(line) ?? []
    if (from === undefined || from === 'lua' || /"(ECHO|MONITOR)"/.test(what!)) continue
    commands.set(from, [...(commands.get(from) ?? []), what!])
  }
  // Connections of the test itself are among them.
  for (const [from, sent] of commands) if (!sent.some((each) => each.includes(`:${told.key}"`))) commands.delete(from)
  return { reports: all, commands }
}

function sum(reports: readonly MemberReport[], name: 'loads' | 'fleetWaits' | 'staleHits'): number {
  return reports.reduce((total, report) => total + report[name], 0)
}

function expectFewCommands(commands: ReadonlyMap<string, readonly string[]>, most = 5): void {
  expect(commands.size).toBe(processes)
  const many = [...commands.values()].filter((sent) => sent.length > most)
  expect(many).toEqual([])
}

/** Another process of the fleet, which prepares what stands at the key. */
async function prepare(key: string, tags: readonly string[]): Promise<ReturnType<typeof createCache>> {
  const cache = createCache({ remote: redisStore(server.url, { prefix }), remoteTimeout: '5s' })
  onTestFinished(() => cache.close())
  await cache.set(key, 'old', { ttl: '1m', grace: '1m', tags })
  return cache
}

describe(`${processes} processes with ${callers} callers each`, () => {
  it('load once where nothing stands at the key', async () => {
    const { reports, commands } = await stampede(task)

    expect(reports.flatMap(({ values }) => values)).toEqual(['new', 'new', 'new', 'new'])
    expect([sum(reports, 'loads'), sum(reports, 'fleetWaits')]).toEqual([1, processes - 1])
    expectFewCommands(commands)
  }, 60_000)

  it.each(['clear', 'tag'])(
    'load once where an invalid entry stands (%s)',
    async (how) => {
      const tags = how === 'tag' ? ['t'] : []
      const cache = await prepare(how, tags)
      await (how === 'clear' ? cache.clear() : cache.invalidateTags('t'))

      const { reports, commands } = await stampede({ ...task, key: how, tags, grace: 60_000 })

      expect(reports.flatMap(({ values }) => values)).toEqual(['new', 'new', 'new', 'new'])
      expect(sum(reports, 'loads')).toBe(1)
      // A tag that a process does not know has to be read before it is known that the entry is invalid.
      expectFewCommands(commands, how === 'clear' ? 5 : 6)
    },
    60_000,
  )

  it('load once where a stale entry stands, which the others are served within grace', async () => {
    const cache = await prepare('stale', [])
    await cache.expire('stale')
    // Each process has its own idea of Redis' time, and nobody moves that of a real one.
    await sleep(500)

    const { reports, commands } = await stampede({ ...task, key: 'stale', grace: 60_000 })

    expect(sum(reports, 'loads')).toBe(1)
    expect(reports.map(({ values }) => values.join()).sort()).toEqual(['new', 'old', 'old', 'old'])
    expect(sum(reports, 'staleHits')).toBe((processes - 1) * callers)
    expectFewCommands(commands)
  }, 60_000)

  it('load once more when the one that loads dies (it is the last test: one process less)', async () => {
    const [first, ...others] = fleet
    first!.tell({ ...task, key: 'dying', value: 'never', loadMs: 60_000 })
    await first!.hears('loading')
    const reports = others.map((member) => member.report())
    for (const member of others) member.tell({ ...task, key: 'dying' })
    // Somebody waits for it.
    await until(async () => {
      const kind = await server.commandBytes('GETRANGE', `${prefix}dying`, '9', '9')
      return Buffer.isBuffer(kind) && kind[0] === 0xfe
    })

    first!.kill()

    const all = await Promise.all(reports)
    expect(all.flatMap(({ values }) => values)).toEqual(['new', 'new', 'new'])
    expect(sum(all, 'loads')).toBe(1)
  }, 60_000)
})
