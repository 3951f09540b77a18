/** A seeded source of uniform numbers: sfc32, by Chris Doty-Humphrey (PractRand). The same seed gives the same sequence everywhere. */
export interface Random {
  /** Uniform in [0, 1), with 32 bits. */
  next(): number
  /** Uniform integer in [0, below), without the bias of a remainder for any bound that a bench uses (far below 2³²). */
  integer(below: number): number
  /** Standard normal (Box–Muller, one of the pair). */
  normal(): number
}

export function createRandom(seed: number): Random {
  let a = 0x9e3779b9
  let b = seed | 0
  let c = 0x243f6a88 ^ Math.trunc(seed / 4294967296)
  let counter = 1
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return (sum >>> 0) / 4294967296
  }
  for (let i = 0; i < 16; i++) next()
  return {
    next,
    integer: (below) => Math.floor(next() * below),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  }
}

/** Shuffles in place (Fisher–Yates) and returns its argument. */
export function shuffle<T>(items: T[], random: Random): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = random.integer(i + 1)
    const held = items[i] as T
    items[i] = items[j] as T
    items[j] = held
  }
  return items
}
