// A process of the fault matrix: an application with a cache. Started by `SubjectProcess`.
import dns from 'node:dns'
import { writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Wire } from '../history/wire.ts'
import { seededRandom } from '../random.ts'
import { Database } from './database.ts'
import { allKeys, readKeys } from './keys.ts'
import type { FinalLook, HitWindow, SubjectRecord } from './record.ts'
import { Recorder } from './recorder.ts'
import { serverName } from './server-name.ts'
import { Stalls } from './stalls.ts'
import type { FaultPlace, FaultSubject, FaultSubjectModule } from './subject.ts'
import { Traffic, type Act } from './traffic.ts'
import { leftIn, type SubjectMethods, type SubjectPlan } from './worker-messages.ts'

/** Calls that are not over so long after the end are stuck. */
const patienceMs = 8_000
/** A look at a key that takes longer has found nothing. */
const lookMs = 2_000

let module: FaultSubjectModule
let plan: SubjectPlan
let subject: FaultSubject
let traffic: Traffic
let recorder: Recorder | undefined
let isNameGone = false
const database = new Database()
const methods: SubjectMethods = { open, warm, act, hits, readHuge, stall, stepClock, forgetName, look, end, leave }
const parent = new Wire<Record<string, never>>(process, methods)
const endWithParent = (): void => {
  parent.break(new Error('The suite has gone.'))
  process.exit()
}
process.once('disconnect', endWithParent)
ownDns()

async function open(given: SubjectPlan): Promise<{ deadlineMs: number }> {
  plan = given
  module = (await import(plan.module)) as FaultSubjectModule
  subject = await module.openFaultSubject(plan)
  return { deadlineMs: module.deadlineMs ?? 100 }
}

async function warm(): Promise<void> {
  recorder ??= new Recorder()
  traffic ??= new Traffic(subject, database, recorder, seededRandom(plan.seed))
  await traffic.warm()
}

function act(acts: readonly Act[]): void {
  traffic.stop()
  traffic.begin(acts)
}

function hits(): HitWindow {
  return recorder!.takeWindow()
}

async function readHuge(bytes: number): Promise<void> {
  await traffic.readHuge(bytes)
}

function stall(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

function stepClock(ms: number): void {
  Date.now = ms === 0 ? realNow : () => realNow() + ms
}

const realNow = Date.now.bind(Date)

function forgetName(isGone: boolean): void {
  isNameGone = isGone
}

async function look(place: FaultPlace): Promise<FinalLook> {
  const staleHere: string[] = []
  const staleElsewhere: string[] = []
  const fresh = await module.openFaultSubject({ ...place, prefix: plan.prefix })
  let found = 0
  const look = async (cache: FaultSubject, keys: readonly string[]): Promise<readonly string[]> => {
    const missing: string[] = []
    const seen = keys.map(async (key) => {
      const floor = database.floor(key)
      const value = await within(lookMs, cache.get(key)).catch(() => undefined)
      if (value === undefined) return missing.push(key)
      if (cache === fresh && readKeys.includes(key)) found++
      const stale = cache === fresh ? staleElsewhere : staleHere
      const isStale = value.version < floor || value.key !== key
      return isStale && stale.push(`${key} is ${value.key} version ${value.version}, ${floor} was acknowledged`)
    })
    await Promise.all(seen)
    return missing
  }
  const missing = await look(fresh, allKeys)
  await look(subject, allKeys)
  if (found < readKeys.length * 0.9) {
    // One that has just started may need a while.
    await sleep(1_000)
    await look(fresh, missing)
  }
  await within(lookMs, fresh.close()).catch(() => undefined)
  return { hitRatio: found / readKeys.length, staleHere, staleElsewhere }
}

async function end(): Promise<SubjectRecord> {
  traffic.stop()
  const until = performance.now() + patienceMs
  while (recorder!.underWay > 0 && performance.now() < until) await sleep(20)
  return recorder!.end()
}

function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  return Promise.race([promise, sleep(ms, undefined, { ref: false })])
}

async function leave(): Promise<{ closedInMs: number; stalledMs: number }> {
  const stalls = new Stalls()
  const from = performance.now()
  await subject.close()
  const to = performance.now()
  process.off('disconnect', endWithParent)
  const stalledMs = stalls.within(from, to)
  process.once('exit', () => {
    const now = performance.now()
    writeSync(1, `${leftIn} ${Math.round(now - to - stalls.within(to, now))}\n`)
  })
  // The pipe to the parent would keep the process alive.
  setImmediate(() => setImmediate(() => process.disconnect()))
  return { closedInMs: to - from, stalledMs }
}

/** The server has a name in this process alone, which can be forgotten. */
function ownDns(): void {
  const real = dns.lookup
  const lookup = (name: string, ...rest: unknown[]): void => {
    const done = rest.at(-1) as (error: Error | null, ...found: unknown[]) => void
    const options = rest.length > 1 ? rest[0] : {}
    if (name !== serverName) return (real as (...args: unknown[]) => void)(name, ...rest)
    const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND', hostname: name })
    const isAll = typeof options === 'object' && options !== null && 'all' in options && options.all === true
    process.nextTick(() => {
      if (isNameGone) done(error)
      else if (isAll) done(null, [{ address: '127.0.0.1', family: 4 }])
      else done(null, '127.0.0.1', 4)
    })
  }
  dns.lookup = lookup as typeof dns.lookup
}
