import type { Reply } from './link.ts'
import { slotCount } from './slot.ts'

/** Where a node listens. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** A primary, as a node of its cluster sees it. */
export interface PrimaryView extends Address {
  readonly id: string
  /** Its number, where `host` is a name. */
  readonly ip: string
  readonly slots: readonly (readonly [from: number, to: number])[]
}

/** A cluster in the eyes of one of its nodes. */
export interface ClusterView {
  /** Of two views the one with the lesser epoch is of the past. */
  readonly epoch: number
  readonly primaries: readonly PrimaryView[]
  /** The node that was asked. */
  readonly own: {
    readonly id: string
    /** Its slots as it wrote them, those that come and go too. */
    readonly slots: string
    /** The ids of the nodes that slots of its are on their way to. */
    readonly givesTo: readonly string[]
  }
}

const unusable = ['noaddr', 'handshake', 'fail']

/**
 * Reads a reply to CLUSTER NODES. `undefined` when it is none, as of a server that is no cluster, or when any of it cannot be: then none
 * of it is believed.
 *
 * @param asked where it was asked: a node may not know its own address
 */
export function viewIn(reply: Reply | undefined, asked: Address): ClusterView | undefined {
  if (!Buffer.isBuffer(reply)) return undefined
  const primaries: PrimaryView[] = []
  let epoch = 0
  let own: ClusterView['own'] | undefined
  for (const line of reply.toString('latin1').split('\n')) {
    const [id, address, flagText, , , , configEpoch, , ...ranges] = line.trimEnd().split(' ')
    if (id === undefined || address === undefined || flagText === undefined) continue
    const flags = flagText.split(',')
    const isOwn = flags.includes('myself')
    epoch = Math.max(epoch, Number(configEpoch))
    if (isOwn)
      own = {
        id,
        // Whether it is a primary is part of what it is.
        slots: [flags.includes('master') ? 'master' : 'replica', ...ranges].join(' '),
        givesTo: ranges.flatMap((range) => /^\[\d+->-(\w+)\]$/.exec(range)?.[1] ?? []),
      }
    const slots = ranges.filter((range) => !range.startsWith('[')).map(slotRange)
    if (!Number.isSafeInteger(epoch) || !slots.every(isPossible)) return undefined
    const isUsable = slots.length > 0 || !flags.some((flag) => unusable.includes(flag))
    if (flags.includes('master') && isUsable)
      primaries.push({ id, slots, ...addressIn(address, isOwn ? asked : undefined) })
  }
  if (!primaries.every(({ port }) => isPort(port))) return undefined
  return own === undefined ? undefined : { epoch, primaries, own }
}

/** 0 is that of a node whose address is not known. */
function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 0 && port <= 65_535
}

function slotRange(range: string): readonly [number, number] {
  const [from, to] = range.split('-')
  return [Number(from), Number(to ?? from)]
}

function isPossible([from, to]: readonly [number, number]): boolean {
  return Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to < slotCount
}

/** `ip:port@bus`, with a host name behind a comma where the node announces one. */
function addressIn(text: string, asked: Address | undefined): Address & { readonly ip: string } {
  const [endpoint, ...more] = text.split(',')
  const [place] = endpoint!.split('@')
  const colon = place!.lastIndexOf(':')
  const name = more.find((each) => each !== '' && !each.includes('='))
  const ip = place!.slice(0, colon)
  const port = Number(place!.slice(colon + 1))
  const host = name ?? (ip === '' ? (asked?.host ?? '') : ip)
  return { host, ip, port: port === 0 && asked !== undefined ? asked.port : port }
}

/** Where a reply sends a command on to: `MOVED 3999 127.0.0.1:6381`. An empty host is that of the node that said so. */
export function redirectionIn(
  message: string,
  from: Address,
): { readonly type: 'moved' | 'ask'; readonly slot: number; readonly to: Address } | undefined {
  const match = /^(MOVED|ASK) (\d+) (.*):(\d+)$/.exec(message.trim())
  if (match === null) return undefined
  const [, type, slot, host, port] = match
  if (Number(slot) >= slotCount || !isPort(Number(port))) return undefined
  return {
    type: type === 'ASK' ? 'ask' : 'moved',
    slot: Number(slot),
    to: { host: host === '' || host === '?' ? from.host : host!, port: Number(port) },
  }
}
