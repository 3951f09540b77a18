import assert from 'node:assert/strict'
import { createCache, msgpack } from 'holdfast'
// #region serializer
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { SerializationError, type Serializer } from 'holdfast'

/** Encrypts what another serializer writes (AES-256-GCM): who can read Redis sees keys and tags, and no values. */
export function encrypted(inner: Serializer, key: Uint8Array): Serializer {
  return {
    name: `${inner.name}+aes`, // entries of another name are a miss
    serialize(value) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, nonce)
      const sealed = [cipher.update(inner.serialize(value)), cipher.final()]
      return Buffer.concat([nonce, cipher.getAuthTag(), ...sealed])
    },
    deserialize(bytes) {
      return inner.deserialize(open(bytes, key))
    },
  }
}

function open(bytes: Uint8Array, key: Uint8Array): Uint8Array {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 })
    decipher.setAuthTag(bytes.subarray(12, 28))
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()])
  } catch {
    throw new SerializationError('The bytes were not sealed with this key.') // a miss, and an event
  }
}
// #endregion serializer

const secret = Buffer.from(process.env['CACHE_KEY'] ?? randomBytes(32).toString('hex'), 'hex')
// #region use
const cache = createCache({ serializer: encrypted(msgpack(), secret) })
// #endregion use

const bytes = encrypted(msgpack(), secret).serialize({ iban: 'DE02' })
assert.ok(!Buffer.from(bytes).includes('DE02'))
assert.deepEqual(encrypted(msgpack(), secret).deserialize(bytes), { iban: 'DE02' })
await cache.close()
