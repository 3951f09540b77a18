/** By their byte. */
export const serializerNames: readonly (string | undefined)[] = [undefined, 'json', 'msgpack']
/** Serializers without a byte of their own have one from here on. */
export const firstHashed = 128

/**
 * The byte that names a serializer in an entry: 1 `json`, 2 `msgpack`; any other name is hashed into 128–255, and stands in
 * full before the payload, so that two names with the same hash are told apart.
 */
export function serializerByte(name: string): number {
  const known = serializerNames.indexOf(name)
  if (known > 0) return known
  let hash = 0x811c9dc5
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193)
  return firstHashed + ((hash >>> 0) % firstHashed)
}
