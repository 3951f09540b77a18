/** A bug to be planted: a passage of a source file, and what is to stand there instead. */
export interface Mutant {
  readonly name: string
  /** Relative to `packages/`. */
  readonly file: string
  readonly changes: readonly { readonly passage: string; readonly instead: string }[]
}

/** The protocol broken in the ways that are easiest to get wrong. */
export const mutants: readonly Mutant[] = [
  {
    name: 'fill-without-check',
    file: 'redis/test/simulation/script-twins.ts',
    changes: [{ passage: `if (!stands(redis, key, args[4 * i]!)) {`, instead: `if (false) {` }],
  },
  {
    name: 'no-in-flight-mark',
    file: 'core/src/tiers.ts',
    changes: [
      {
        passage: `return !since.mark.isDirty && !this.isClosed && !this.tags.invalidatedSince(tags, since.startSeq)`,
        instead: `return !this.isClosed`,
      },
    ],
  },
  {
    name: 'tag-versions-after-load',
    file: 'redis/src/fill.ts',
    changes: [
      { passage: `const stamps = new Map(lease.stamps)`, instead: `const stamps = new Map()` },
      {
        passage: `if (record === undefined || record.seq > lease.seq) return false`,
        instead: `if (record === undefined) return false`,
      },
      { passage: `    if (!isUntouched) return []\n`, instead: `` },
    ],
  },
  {
    name: 'missing-tag-is-valid',
    file: 'redis/src/judge.ts',
    changes: [
      {
        passage: `if (found.version === undefined || !equalAt(found.version, 0, version)) {`,
        instead: `if (found.version !== undefined && !equalAt(found.version, 0, version)) {`,
      },
    ],
  },
  {
    name: 'memory-across-sessions',
    file: 'redis/src/belief.ts',
    changes: [
      {
        passage: `    this.#isDead = true
    this.#guard.goodUntil = Number.NEGATIVE_INFINITY`,
        instead: `    this.#isDead = true
    this.#guard.goodUntil = Number.POSITIVE_INFINITY`,
      },
    ],
  },
  {
    name: 'join-ignores-heartbeat',
    file: 'redis/src/store.ts',
    changes: [{ passage: `: vouching.belief.guard`, instead: `: { goodUntil: Number.POSITIVE_INFINITY }` }],
  },
  {
    name: 'replay-after-reads',
    file: 'redis/src/open-session.ts',
    changes: [
      {
        passage: `    await replay(session, () => {`,
        instead: `    ground.clock.setTimer(() => replay(session, () => {}).catch(() => {}), 100)
    await Promise.resolve().then(() => {`,
      },
    ],
  },
  {
    name: 'no-fence',
    file: 'redis/src/fence.ts',
    changes: [
      {
        passage: `.filter((former) => former.runId === runId)
      .map(`,
        instead: `.filter((former) => former.runId === 'never')
      .map(`,
      },
    ],
  },
  {
    name: 'announced-before-its-write',
    file: 'redis/src/invalidate.ts',
    changes: [
      {
        passage: `const all = [...commands, ...session.announce(what)]
  const replies = await session.exchange(all, deadlineAt)`,
        instead: `const all = [...commands, ...session.announce(what)]
  await session.exchange(session.announce(what), deadlineAt)
  const replies = [...(await session.exchange(commands, deadlineAt)), ...session.announce(what).map(() => 0)]`,
      },
    ],
  },
  {
    name: 'announced-only-if-removed',
    file: 'redis/src/invalidate.ts',
    changes: [
      {
        passage: `  await sendAnnounced(
    session,
    unlink(
      session,
      names.map((name) => keys.key(name)),
    ),
    { type: 'keys', names },
    deadlineAt,
  )`,
        instead: `  const removals = unlink(session, names.map((name) => keys.key(name)))
  const replies = await session.exchange(removals, deadlineAt)
  acknowledge(session, removals, replies)
  if (replies.some((reply) => reply !== 0)) await session.exchange(session.announce({ type: 'keys', names }), deadlineAt)`,
      },
    ],
  },
  {
    name: 'hello-promise-waited-for',
    file: 'redis/src/epoch.ts',
    changes: [{ passage: `if (generation !== this.#generation) return`, instead: `generation = this.#generation` }],
  },
  {
    name: 'death-of-a-holder-unnoticed',
    file: 'redis/src/fleet.ts',
    changes: [{ passage: `    deadlines.add(this.#timed)`, instead: `` }],
  },
  {
    name: 'lock-kept-by-a-load-that-was-overtaken',
    file: 'core/src/fly.ts',
    changes: [{ passage: `if (lease !== undefined && !isFilled && !isReplaced)`, instead: `if (false)` }],
  },
]

/** A source file with the bug in it. */
export function plant({ name, file, changes }: Mutant, source: string): string {
  let planted = source
  for (const { passage, instead } of changes) {
    if (!planted.includes(passage))
      throw new Error(`A passage of the mutant ${name} stands in ${file} no more; plant it anew: ${passage}`)
    planted = planted.replace(passage, () => instead)
  }
  return planted
}
