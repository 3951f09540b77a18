import type { CatalogEntry, Read } from '../traffic/catalog.ts'
import type { Reply } from './http/connection.ts'
import { outcomes, type Sample, type SampleFault, type SampleOutcome } from './samples.ts'

/** What is known of a request that was not answered. */
export function unanswered(fault: SampleFault): Verdict {
  return { load: 0, status: 0, outcome: 'none', fault, staleness: 0, overage: 0 }
}

type Verdict = Pick<Sample, 'load' | 'status' | 'outcome' | 'fault' | 'staleness' | 'overage'>

/** An acknowledged write to a scope. */
interface Acknowledged {
  readonly version: number
  readonly at: number
}

/**
 * Looks at every answer: is it the one that was asked for, and does it show every write that had been acknowledged when it was
 * asked for? It knows writes by their own answers, so all of them must go through one judge.
 */
export class Judge {
  readonly #acknowledged = new Map<string, Acknowledged[]>()

  /** By scope, the version of the last acknowledged write. */
  get versions(): ReadonlyMap<string, number> {
    return new Map([...this.#acknowledged].map(([scope, writes]) => [scope, writes.at(-1)!.version]))
  }

  /** @param sentAt when the request left, of `performance.now()` */
  judge(entry: CatalogEntry, reply: Reply, sentAt: number): Verdict {
    if (reply.type === 'failed') return unanswered(reply.reason)
    const { status, cache, loadMs, body } = reply.answer
    const verdict = {
      load: loadMs,
      status,
      outcome: outcomeOf(cache),
      fault: 'none',
      staleness: 0,
      overage: 0,
    } as const
    if (status >= 400) return { ...verdict, fault: 'status' }
    if (entry.type === 'write') {
      this.#acknowledge(body.toString('utf8'), reply.endAt)
      return verdict
    }
    const head = readHead(body, entry.key)
    if (head === undefined) return { ...verdict, fault: 'wrong key' }
    return { ...verdict, staleness: this.#staleness(entry, head.version, sentAt), overage: overage(entry, head.readAt) }
  }

  #acknowledge(body: string, at: number): void {
    const { versions } = JSON.parse(body) as { readonly versions: Readonly<Record<string, number>> }
    for (const [scope, version] of Object.entries(versions)) {
      const writes = this.#acknowledged.get(scope) ?? []
      this.#acknowledged.set(scope, writes)
      // Acknowledgements may overtake each other; an older one says nothing new.
      if (version > (writes.at(-1)?.version ?? 0)) writes.push({ version, at })
    }
  }

  /** How long the first write that the answer lacks had been acknowledged. */
  #staleness({ scope }: Read, version: number, sentAt: number): number {
    const writes = scope === undefined ? undefined : this.#acknowledged.get(scope)
    if (writes === undefined || writes.at(-1)!.version <= version) return 0
    const missed = writes.find((write) => write.version > version)!
    return Math.max(0, sentAt - missed.at)
  }
}

/** Every body begins with its key, its version and when it was read; the rest need not be parsed. */
function readHead(body: Buffer, key: string): { readonly version: number; readonly readAt: number } | undefined {
  const start = `{"key":"${key}",`
  const text = body.toString('latin1', 0, start.length + 60)
  if (!text.startsWith(start)) return undefined
  const numbers = /^"version":(\d+),"readAt":(\d+),/.exec(text.slice(start.length))
  return numbers === null ? undefined : { version: Number(numbers[1]), readAt: Number(numbers[2]) }
}

function overage({ maxAgeMs }: Read, readAt: number): number {
  return maxAgeMs === undefined ? 0 : Math.max(0, Date.now() - readAt - maxAgeMs)
}

function outcomeOf(header: string): SampleOutcome {
  return (outcomes as readonly string[]).includes(header) ? (header as SampleOutcome) : 'none'
}
