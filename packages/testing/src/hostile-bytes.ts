import { seededRandom, type Random } from './random.ts'

/** What {@link tryHostileBytes} tries. */
export interface HostileBytes {
  /** Valid byte strings. What is tried are damaged ones of these, parts of them put together, and bytes that are not theirs at all. */
  readonly samples: readonly Uint8Array[]
  /** How many byte strings are tried. */
  readonly count: number
  /**
   * The same seed tries the same.
   *
   * @default 1
   */
  readonly seed?: number
}

/**
 * Gives a decoder bytes that it must not trust: random ones, and valid ones that were changed, cut, stretched, spliced, or claim
 * lengths of four billion.
 *
 * @param check throws when something is wrong; it is given bytes of its own
 * @throws {Error} with the bytes in hexadecimal, and what `check` threw as its cause
 */
export function tryHostileBytes({ samples, count, seed = 1 }: HostileBytes, check: (bytes: Buffer) => void): void {
  const random = seededRandom(seed)
  for (let turn = 0; turn < count; turn += 1) {
    const bytes = random.chance(0.2) ? noise(random, samples) : damaged(random, samples)
    const given = bytes.toString('hex')
    try {
      check(bytes)
    } catch (error) {
      const what = given.length > 2_000 ? `${given.slice(0, 2_000)}…` : given
      throw new Error(`Bytes ${what} (number ${turn} of seed ${seed}): ${String(error)}`, { cause: error })
    }
  }
}

/** Nothing of a sample, or its first bytes and nothing else of it: then a decoder looks further. */
function noise(random: Random, samples: readonly Uint8Array[]): Buffer {
  const length = random.below(random.chance(0.1) ? 400 : 60)
  const bytes = Buffer.from(Array.from({ length }, () => random.below(256)))
  if (random.chance(0.5)) return bytes
  const sample = random.pick(samples)
  return Buffer.concat([sample.subarray(0, random.below(sample.length + 1)), bytes])
}

function damaged(random: Random, samples: readonly Uint8Array[]): Buffer {
  let bytes = Buffer.from(random.pick(samples))
  for (let left = 1 + random.below(4); left > 0; left -= 1) bytes = random.pick(damages)(bytes, random, samples)
  return bytes
}

type Damage = (bytes: Buffer, random: Random, samples: readonly Uint8Array[]) => Buffer<ArrayBuffer>

/** Bytes that mean something in many formats. */
const telling = [0x00, 0x01, 0x22, 0x24, 0x7f, 0x80, 0xc0, 0xc1, 0xd4, 0xdc, 0xdd, 0xdf, 0xfd, 0xfe, 0xff]

const damages: readonly Damage[] = [
  (bytes, random) => changed(bytes, random, (byte) => byte ^ (1 << random.below(8))),
  (bytes, random) => changed(bytes, random, () => random.below(256)),
  (bytes, random) => changed(bytes, random, () => random.pick(telling)),
  (bytes, random) => Buffer.from(bytes.subarray(0, random.below(bytes.length + 1))),
  (bytes, random) => Buffer.from(bytes.subarray(random.below(bytes.length + 1))),
  // A part is lost, or stands there twice.
  (bytes, random) => Buffer.concat([bytes.subarray(0, place(bytes, random)), bytes.subarray(place(bytes, random))]),
  (bytes, random, samples) => {
    const other = random.pick(samples)
    return Buffer.concat([bytes.subarray(0, place(bytes, random)), other.subarray(random.below(other.length + 1))])
  },
  (bytes, random) => {
    const at = place(bytes, random)
    const added = Buffer.from(Array.from({ length: 1 + random.below(8) }, () => random.below(256)))
    return Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at)])
  },
  (bytes, random) => {
    const claiming = Buffer.from(bytes)
    const at = place(bytes, random)
    return claiming.fill(random.pick([0xff, 0x7f, 0x00]), at, Math.min(claiming.length, at + random.pick([2, 4, 8])))
  },
]

function place(bytes: Uint8Array, random: Random): number {
  return random.below(bytes.length + 1)
}

function changed(bytes: Buffer, random: Random, change: (byte: number) => number): Buffer<ArrayBuffer> {
  const other = Buffer.from(bytes)
  if (other.length === 0) return other
  const at = random.below(other.length)
  other[at] = change(other[at]!)
  return other
}
