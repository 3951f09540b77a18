import type { Inspection } from 'holdfast'

/** Why there is no value under a key, as the end of a sentence. */
export function whyMissing({ remote, remoteMiss = 'nothing is stored' }: Inspection): string {
  if (remote?.refused !== undefined) return remote.refused
  const [reason, name] = split(remoteMiss)
  if (reason === 'tag' && name !== undefined)
    return name.startsWith('@') && !name.startsWith('@@')
      ? `invalidated: the namespace ${name.slice(1)} was cleared`
      : `invalidated by the tag ${name}`
  const [, serializer] = /^of the serializer (".*"), where/.exec(remoteMiss) ?? []
  if (serializer !== undefined) return `written by the serializer ${serializer}, which this command cannot read`
  return sentences[remoteMiss] ?? remoteMiss
}

const sentences: Readonly<Record<string, string>> = {
  epoch: 'invalidated, as all that was stored before the last clear(), FLUSHALL or restart of Redis',
  lease: 'not stored yet: somebody loads it, or gave up',
  hold: 'deleted, and held: nothing is stored there for a while',
  foreign: 'what stands there was written by another program',
  format: 'what stands there was written by another version of Holdfast',
}

/** `tag:…` in two, at its first colon. */
function split(reason: string): readonly [string, string | undefined] {
  const at = reason.indexOf(':')
  return at < 0 ? [reason, undefined] : [reason.slice(0, at), reason.slice(at + 1)]
}
