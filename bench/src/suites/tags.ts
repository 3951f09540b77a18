import { cacheCase, type Case, isValue, need } from './case.ts'
import { fill, rowOf, warmKeys } from './fill.ts'

/** What tags cost a reader, and what invalidating them costs. */
export const tagCases: readonly Case[] = [
  cacheCase({
    id: 'tags.getOrSet',
    title: 'await getOrSet(key, load), warm in memory, entries with three tags',
    metric: 'time',
    tier: 'memory',
    baseline: 'holdfast untagged',
    contenders: ['holdfast untagged', 'holdfast', 'bentocache'],
    gated: 'holdfast',
    goals: [{ ours: 'holdfast', against: 'holdfast untagged', metric: 'time', atMost: 1.15 }],
    async prepare(subject, loops, { variant }) {
      const getOrSet = need(subject.getOrSet, 'getOrSet')
      const setTagged = need(subject.setTagged, 'setTagged')
      if (variant === 'untagged') await fill(subject)
      else for (const [i, key] of warmKeys.entries()) await setTagged(key, rowOf(i), ['users', `team:${i % 16}`, key])
      const load = async (): Promise<never> => {
        throw new Error('A warm key was loaded.')
      }
      return { run: loops.awaited((key: string) => getOrSet(key, load), warmKeys, isValue) }
    },
  }),
  cacheCase({
    id: 'tags.getOrSetTiered',
    title: 'as tags.getOrSet, with Redis behind: tags and a session guard each entry',
    metric: 'time',
    tier: 'tiered',
    baseline: 'holdfast untagged',
    contenders: ['holdfast untagged', 'holdfast', 'bentocache'],
    gated: 'holdfast',
    goals: [{ ours: 'holdfast', against: 'holdfast untagged', metric: 'time', atMost: 1.15 }],
    async prepare(subject, loops, { variant }) {
      const getOrSet = need(subject.getOrSet, 'getOrSet')
      const setTagged = need(subject.setTagged, 'setTagged')
      if (variant === 'untagged') await fill(subject)
      else for (const [i, key] of warmKeys.entries()) await setTagged(key, rowOf(i), ['users', `team:${i % 16}`])
      const load = async (): Promise<unknown> => rowOf(0)
      for (const key of warmKeys) await getOrSet(key, load)
      return { run: loops.awaited((key: string) => getOrSet(key, load), warmKeys, isValue) }
    },
  }),
  cacheCase({
    id: 'tags.invalidate',
    title: 'await invalidateTags of a tag with 1,024 entries in both tiers',
    metric: 'cpu',
    tier: 'tiered',
    baseline: 'holdfast',
    contenders: ['holdfast', 'bentocache'],
    gated: 'holdfast',
    async prepare(subject, loops) {
      const setTagged = need(subject.setTagged, 'setTagged')
      const invalidateTag = need(subject.invalidateTag, 'invalidateTag')
      for (const [i, key] of warmKeys.entries()) await setTagged(key, rowOf(i), ['users'])
      return {
        run: loops.awaited(
          () => invalidateTag('users'),
          warmKeys,
          () => true,
        ),
      }
    },
  }),
]
