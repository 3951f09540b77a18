import { describe, expect, it } from 'vitest'
import { createCache } from '../../src/create-cache.ts'
import { ServerStore } from '../world/server-store.ts'
import { SilentServer, UnfencedStore } from './faulty-stores.ts'
import { plant } from './plant.ts'
import { runSeeds } from './run-seeds.ts'

/** So many seeds are tried at most before a planted bug counts as unnoticed. */
const most = 20_000

describe('the simulation notices', () => {
  it.each<[string, string, string, string]>([
    [
      'no in-flight mark',
      'marks.ts',
      '  dirty(key: string): void {',
      '  dirty(key: string): void {\n    if (key) return',
    ],
    [
      'loads that an invalidation does not detach',
      'tiers.ts',
      '  #detach(key: string): void {',
      '  #detach(key: string): void {\n    if (key) return',
    ],
    [
      'no second forget when an invalidation is acknowledged',
      'invalidate.ts',
      '  } finally {\n    forget()\n  }',
      '  } finally {\n  }',
    ],
    [
      'tags that are known late and not compared',
      'join.ts',
      'return seq > startSeq && tiers.tags.invalidatedSince(tags, startSeq)',
      'return false',
    ],
    [
      'guards that nobody looks at',
      'entry.ts',
      'if (guards[i]!.goodUntil <= now) return false',
      'if (guards[i]!.goodUntil <= now) return true',
    ],
    ['a new session under which old loads go on', 'listen.ts', 'tiers.detachAll()\n', '\n'],
    ['a journal that nothing is written into', 'invalidate.ts', 'note(journal, what)', ''],
    ['announcements that nobody listens to', 'listen.ts', 'tiers.forget(what)', ''],
    [
      'what is kept though a tag of it was invalidated meanwhile',
      'tiers.ts',
      ' && !this.tags.invalidatedSince(tags, since.startSeq)',
      '',
    ],
  ])(
    '%s',
    async (_, file, find, replacement) => {
      await using planted = await plant(file, find, replacement)

      const { failures } = await runSeeds({ createCache: planted.createCache }, 1, most, 1)

      expect(failures).not.toEqual([])
    },
    300_000,
  )

  it('a store that fills without looking', async () => {
    const { failures } = await runSeeds(
      { createCache, makeStore: (server, clock) => new UnfencedStore(server, clock) },
      1,
      most,
      1,
    )

    expect(failures).not.toEqual([])
  }, 300_000)

  it.each(['keys', 'tags', 'pattern', 'all'] as const)(
    'a server that does not announce: %s',
    async (silent) => {
      const { failures } = await runSeeds(
        { createCache, makeServer: (now) => new SilentServer(now, silent) },
        1,
        most,
        1,
      )

      expect(failures).not.toEqual([])
    },
    300_000,
  )

  it('nothing where nothing is wrong', async () => {
    await using planted = await plant('marks.ts', 'mark.isDirty = true', 'mark.isDirty = true')
    const subject = { createCache: planted.createCache, makeStore: makeServerStore }

    expect((await runSeeds(subject, 1, 200, 1)).failures).toEqual([])
  })
})

const makeServerStore = (...parts: ConstructorParameters<typeof ServerStore>): ServerStore => new ServerStore(...parts)
