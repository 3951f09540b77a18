import { describe, expect, it } from 'vitest'
import { tryHostileBytes } from './hostile-bytes.ts'

const samples = [Buffer.from('{"sample":1}'), Buffer.from([0xc1, 0, 0, 0, 9])]

function tried(seed: number, count: number): readonly string[] {
  const all: string[] = []
  tryHostileBytes({ samples, count, seed }, (bytes) => all.push(bytes.toString('hex')))
  return all
}

describe('tryHostileBytes', () => {
  it('tries the same for the same seed, and other bytes for another', () => {
    expect(tried(1, 200)).toEqual(tried(1, 200))
    expect(tried(1, 200)).not.toEqual(tried(2, 200))
  })

  it('tries empty ones, long ones, parts of samples, and claims of four billion', () => {
    const all = tried(1, 5_000)

    expect(all).toContain('')
    expect(all.some((bytes) => bytes.length > 400)).toBe(true)
    expect(all.some((bytes) => bytes.includes('ffffffff'))).toBe(true)
    expect(all.some((bytes) => bytes.startsWith(samples[0]!.toString('hex').slice(0, 8)))).toBe(true)
    expect(new Set(all).size).toBeGreaterThan(3_000)
  })

  it('leaves the samples as they are', () => {
    const before = samples.map((sample) => sample.toString('hex'))

    tryHostileBytes({ samples, count: 500 }, (bytes) => void bytes.fill(0))

    expect(samples.map((sample) => sample.toString('hex'))).toEqual(before)
  })

  it('shows the bytes that were too much, and why', () => {
    const check = (bytes: Buffer): void => {
      if (bytes[0] === 0xc1 && bytes.length < 4) throw new RangeError('too short')
    }

    expect(() => tryHostileBytes({ samples, count: 5_000 }, check)).toThrow(
      /^Bytes c1\w* \(number \d+ of seed 1\): .*too short/,
    )
  })
})
