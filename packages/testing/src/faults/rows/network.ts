import { setTimeout as sleep } from 'node:timers/promises'
import { commanders, type Fault } from '../../proxy/fault.ts'
import type { FaultRow } from '../row.ts'
import { proven, type FaultStage, type Probe } from '../stage.ts'

/** Faults of the way to Redis. */
export const networkRows: readonly FaultRow[] = [
  {
    name: 'refused',
    how: 'connections reset, new ones refused for 2.5 s',
    async play(stage) {
      await using _ = stage.proxy.refuse()
      stage.proxy.reset()
      await stage.during(2_500)
      const seen = await stage.probe('PING')
      return proven(seen.outcome === 'no connection', `a new connection met ${told(seen)}`)
    },
  },
  {
    name: 'latency of 200 ms',
    how: 'each way, for 3 s',
    play: (stage) =>
      struck(
        stage,
        stage.proxy.latency(200),
        3_000,
        ['PING'],
        (seen) => seen.outcome === 'silence' || seen.tookMs >= 200,
      ),
  },
  {
    name: 'resets mid-reply',
    how: 'each connection reset within 25 kB of replies, for 4 s',
    play: (stage) => cutting(stage, () => 3_000 + Math.random() * 22_000, 4_000),
  },
  {
    name: "reset in the middle of an MGET's reply",
    how: 'each data connection reset within 2 kB of replies, for 3 s',
    play: (stage) => cutting(stage, () => 200 + Math.random() * 1_800, 3_000),
  },
  {
    name: 'black hole',
    how: 'nothing passes for 3 s, then all of it',
    play: (stage) => struck(stage, stage.proxy.blackHole(), 3_000, ['PING'], (seen) => seen.outcome === 'silence'),
  },
  {
    name: 'half-open socket',
    how: 'open connections dead, new ones work',
    async play(stage) {
      const dead = stage.proxy.halfOpen()
      await stage.during(3_000)
      return proven(dead > 0, `${dead} connections died without a word`)
    },
  },
  {
    name: 'half-open sockets that stay dead',
    how: 'nothing passes for 2 s; open connections are dead after it too',
    async play(stage) {
      const dead = stage.proxy.halfOpen()
      const seen = await struck(stage, stage.proxy.blackHole(), 2_000, ['PING'], (probe) => probe.outcome === 'silence')
      return proven(dead > 0, `${dead} connections died; ${seen}`)
    },
  },
  {
    name: 'one-way cut',
    how: 'commands run, replies are lost, for 2.5 s',
    play: (stage) =>
      struck(stage, stage.proxy.lose({ direction: 'down' }), 2_500, ['PING'], (seen) => seen.outcome === 'silence'),
  },
  {
    name: 'slow drip',
    how: 'a byte every 10 ms, for 3 s',
    play: (stage) =>
      struck(stage, stage.proxy.drip(), 3_000, ['PING'], (seen) => seen.outcome === 'silence' || seen.tookMs >= 80),
  },
  {
    name: 'flapping',
    how: 'gone for a second, back for a second, three times',
    async play(stage) {
      let cut = 0
      for (let n = 0; n < 3; n += 1) {
        const fault = stage.proxy.refuse()
        cut += stage.proxy.reset()
        await stage.during(1_000)
        await fault.heal()
        await sleep(1_000)
      }
      return proven(cut >= 3, `${cut} connections were reset`)
    },
  },
  {
    name: 'DNS gone',
    how: "the server's name is unknown and connections are reset, for 2.5 s",
    isNamed: true,
    async play(stage) {
      for (const one of stage.applications) await one.call('forgetName', true)
      const accepted = stage.proxy.accepted
      const cut = stage.proxy.reset()
      await stage.during(2_500)
      const since = stage.proxy.accepted - accepted
      for (const one of stage.applications) await one.call('forgetName', false).catch(() => undefined)
      return proven(cut > 0 && since === 0, `${cut} connections were reset, ${since} made without a name`)
    },
  },
]

async function struck(
  stage: FaultStage,
  fault: Fault,
  ms: number,
  command: readonly string[],
  isIt: (seen: Probe) => boolean,
): Promise<string> {
  await using _ = fault
  await stage.during(ms)
  const seen = await stage.probe(...command)
  return proven(isIt(seen), `a probe met ${told(seen)}`)
}

async function cutting(stage: FaultStage, afterBytes: () => number, ms: number): Promise<string> {
  const accepted = stage.proxy.accepted
  await using _ = stage.proxy.cutAfter(afterBytes, { only: commanders })
  await stage.during(ms)
  const made = stage.proxy.accepted - accepted
  return proven(made > 0, `${made} connections had to be made anew`)
}

function told({ outcome, text, tookMs }: Probe): string {
  return outcome === 'silence' ? 'silence' : `${text || outcome} after ${Math.round(tookMs)} ms`
}
