import { describe, expect, it } from 'vitest'
import { ChurnMap } from './churn-map.ts'

describe('ChurnMap', () => {
  it('holds what was set last and not removed', () => {
    const map = new ChurnMap<{ n: number }>()

    map.set('a', { n: 1 })
    map.set('a', { n: 2 })
    map.set('b', { n: 3 })
    map.delete('b')
    map.delete('b')
    map.delete('c')

    expect(map.size).toBe(1)
    expect(map.get('a')).toEqual({ n: 2 })
    expect(map.get('b')).toBeUndefined()
    expect(map.keys()).toEqual(['a'])
    expect([...map.values()]).toEqual([{ n: 2 }])
  })

  it('removes a key only while what is said stands there', () => {
    const map = new ChurnMap<{ n: number }>()
    const first = { n: 1 }
    const second = { n: 2 }
    map.set('a', first)
    map.set('a', second)

    expect(map.remove('a', first)).toBe(false)
    expect(map.get('a')).toBe(second)
    expect(map.remove('a', second)).toBe(true)
    expect(map.remove('a', second)).toBe(false)
    expect(map.size).toBe(0)
  })

  it('keeps what lives while a hundred thousand others come and go', () => {
    const map = new ChurnMap<{ n: number }>()
    map.set('stays', { n: 0 })

    for (let n = 0; n < 100_000; n++) {
      map.set(`key ${n}`, { n })
      if (n >= 10) map.delete(`key ${n - 10}`)
    }

    expect(map.size).toBe(11)
    expect(map.get('stays')).toEqual({ n: 0 })
    expect(map.get('key 99999')).toEqual({ n: 99_999 })
    expect(map.has('key 0')).toBe(false)
  })
})
