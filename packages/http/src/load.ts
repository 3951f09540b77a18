import type { LoadContext } from '@holdfast/core'
import { randomBytes } from 'node:crypto'
import type { CacheStatus, Forwarded } from './cache-status.ts'
import { initialAgeMs } from './freshness.ts'
import type { Head } from './head.ts'
import { judge, type Judgement } from './judge.ts'
import type { ParsedOptions } from './options.ts'
import type { Origin, Verdict } from './origin.ts'
import { isNotModified, notModified } from './present.ts'
import { conditionalNames, type Ask, type RequestChange } from './request.ts'
import { withStatus } from './cache-status.ts'
import { altered, asStored, freshened, headOf, makeStored, type NotStored, type Stored } from './stored.ts'
import type { Reply } from './reply.ts'
import { selected } from './vary.ts'
import { mayStandIn } from './wishes.ts'

/** A stored response that was found, and its age. */
export interface InHand {
  readonly stored: Stored
  readonly ageMs: number
}

/** One call of the handler for the sake of a key. */
export interface Load<C> {
  readonly ask: Ask
  readonly origin: Origin<C>
  readonly options: ParsedOptions
  readonly status: CacheStatus
  readonly why: Forwarded
  /** What is stale and may be revalidated. */
  readonly inHand: InHand | undefined
  /** The key is not one of a variant. */
  readonly isRoot: boolean
  readonly isBehind: boolean
  /** Answers the client, before the response is complete. */
  readonly tell: (reply: Reply<C>) => void
}

/** A root outlives its own freshness by this much, in milliseconds, because its variants are found through it. */
const rootMs = 3_600_000

const notStored: NotStored = { kind: 'not-stored', isFailure: false }
const failure: NotStored = { kind: 'not-stored', isFailure: true }

/** A response that has no life of its own. */
const unusable = { lifetimeMs: 0, staleWhileRevalidateMs: 0, staleIfErrorMs: 0, mustRevalidate: true } as const

/** Runs the handler and makes of its response what is stored, or nothing that is. */
export async function loadResponse<C>(load: Load<C>, context: LoadContext): Promise<Stored | NotStored> {
  const { ask, origin, options, inHand } = load
  const sentAt = Date.now()
  let judged: Judgement | undefined
  const ran = await origin.run({
    change: changeOf(ask, inHand?.stored),
    maxBodyBytes: options.maxBodyBytes,
    unwanted: context.signal,
    isBehind: load.isBehind,
    judge(head) {
      const [verdict, judgement] = decide(load, head, sentAt)
      judged = judgement
      return verdict
    },
  })
  const { head, verdict, client, body } = ran
  if (verdict.type === 'drop' && (inHand === undefined || head.status !== 304)) {
    context.skip()
    return failure
  }
  if (client !== undefined) load.tell({ type: 'client', client })
  else if (verdict.type === 'keep' && !load.isBehind) load.tell(unchanged(load, head))
  const isFreshened = verdict.type === 'drop'
  const whole = isFreshened ? freshened(inHand!.stored, head) : head
  const bytes = isFreshened ? inHand!.stored.body : await body
  if (isFreshened) judged = judge(ask, whole, options, 0, sentAt)
  if (isFreshened && judged?.type !== 'yes') {
    // Good for the client that asked, and for nobody else.
    context.skip()
    return altered(inHand!.stored, { ...unusable, fields: whole.fields })
  }
  const tags = judged?.type === 'yes' ? options.tags(ask, whole) : undefined
  if (judged?.type !== 'yes' || tags === undefined || bytes === undefined || (!isFreshened && isCutOff(head, bytes))) {
    context.skip()
    return notStored
  }
  const receivedAt = Date.now()
  const lifeMs = load.isRoot && judged.vary.length > 0 ? Math.max(judged.lifeMs, rootMs) : judged.lifeMs
  context.ttl(`${lifeMs}ms`)
  context.tags(tags)
  return makeStored(
    whole,
    bytes,
    {
      ...judged.freshness,
      generation: asStored(context.stale)?.generation ?? randomBytes(9).toString('base64url'),
      vary: judged.vary,
      selected: selected(ask, judged.vary, options.normalizers),
      initialAgeMs: initialAgeMs(whole, sentAt, receivedAt),
      isPublic: judged.isPublic,
    },
    judged.except,
    receivedAt,
  )
}

function decide<C>(load: Load<C>, head: Head, sentAt: number): [Verdict, Judgement | undefined] {
  const { ask, options, inHand, status, why } = load
  if (head.status === 304 && inHand !== undefined && isValidatable(inHand.stored)) return [{ type: 'drop' }, undefined]
  if (isServerFailure(head.status) && inHand !== undefined && mayStandIn(inHand.stored, inHand.ageMs))
    return [{ type: 'drop' }, undefined]
  const judgement = judge(ask, head, options, initialAgeMs(head, sentAt, Date.now()), Date.now())
  const length = Number(head.get('content-length') ?? 0)
  const isTooLarge = length > options.maxBodyBytes
  if (judgement.type === 'no' || isTooLarge) {
    const detail = judgement.type === 'no' ? judgement.why : 'too-large'
    const pass = { type: 'pass', status: status.forwarded(why, { status: head.status, detail }) } as const
    return [load.isBehind ? { type: 'drop' } : pass, judgement]
  }
  if (load.isBehind || isNotModified(ask, head)) return [{ type: 'keep' }, judgement]
  return [{ type: 'tee', status: status.forwarded(why, { status: head.status, isStored: true }) }, judgement]
}

/** The client asked whether anything changed, and nothing did: it need not wait for the body. */
function unchanged<C>({ status, why }: Load<C>, head: Head): Reply<C> {
  return notModified(withStatus(head.fields, status.forwarded(why, { status: head.status, isStored: true })))
}

/** The handler is asked for the whole response, and whether what is in hand still holds. */
function changeOf(ask: Ask, stored: Stored | undefined): RequestChange | undefined {
  const remove = conditionalNames.filter((name) => ask.headers.get(name) !== null)
  const head = stored === undefined ? undefined : headOf(stored)
  const tag = head?.get('etag') ?? null
  const modified = head?.get('last-modified') ?? null
  const set: [string, string][] = []
  if (tag !== null) set.push(['if-none-match', tag])
  if (modified !== null) set.push(['if-modified-since', modified])
  return remove.length === 0 && set.length === 0 ? undefined : { remove, set }
}

function isValidatable(stored: Stored): boolean {
  const head = headOf(stored)
  return head.get('etag') !== null || head.get('last-modified') !== null
}

function isServerFailure(status: number): boolean {
  return status === 500 || status === 502 || status === 503 || status === 504
}

/** Its length is not the one that was announced. */
function isCutOff(head: Head, bytes: Uint8Array): boolean {
  const length = head.get('content-length')
  return length !== null && Number(length) !== bytes.byteLength
}
