import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { InvalidOptionError } from './errors.ts'
import { eventNames, Events, type CacheEvent } from './events.ts'

describe('Events', () => {
  const events = new Events('shop')
  let warnings: string[] = []
  const warned = (warning: Error): void => void warnings.push(`${warning.name}: ${warning.message}`)

  beforeEach(() => {
    warnings = []
    process.on('warning', warned)
  })
  afterEach(() => {
    process.off('warning', warned)
    events.clear()
  })
  const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

  it('tells who listens, until that is disposed of', () => {
    const heard: unknown[] = []
    const listening = events.on('gap', (detail) => heard.push(detail))
    events.emit('gap', { gaps: 1 })
    listening[Symbol.dispose]()
    listening[Symbol.dispose]()
    events.emit('gap', { gaps: 2 })

    expect(heard).toEqual([{ gaps: 1 }])
  })

  it('ends with the block that it was begun in', () => {
    const heard: number[] = []
    {
      using listening = events.on('gap', ({ gaps }) => heard.push(gaps))
      expect(listening).toBeDefined()
      events.emit('gap', { gaps: 1 })
    }
    events.emit('gap', { gaps: 2 })

    expect(heard).toEqual([1])
  })

  it('takes the same function twice for two listeners', () => {
    let heard = 0
    const listener = (): void => void heard++
    const first = events.on('gap', listener)
    events.on('gap', listener)
    events.emit('gap', { gaps: 1 })
    first[Symbol.dispose]()
    events.emit('gap', { gaps: 2 })

    expect(heard).toBe(3)
  })

  it('goes on when a listener throws or rejects, and warns', async () => {
    const heard: string[] = []
    events.on('gap', () => {
      throw new Error('thrown')
    })
    events.on('gap', () => Promise.reject(new Error('rejected')) as never)
    events.on('gap', () => heard.push('heard'))

    events.emit('gap', { gaps: 1 })
    await nextTurn()

    expect(heard).toEqual(['heard'])
    expect(warnings).toEqual([
      "HoldfastWarning: A listener of the cache event 'gap' threw: Error: thrown",
      "HoldfastWarning: A listener of the cache event 'gap' threw: Error: rejected",
    ])
  })

  it('knows whether anybody would hear', () => {
    expect(events.isHeard('evicted')).toBe(false)
    const listening = events.on('evicted', () => {})
    expect(events.isHeard('evicted')).toBe(true)
    expect(events.isHeard('gap')).toBe(false)
    listening[Symbol.dispose]()
    expect(events.isHeard('evicted')).toBe(false)
  })

  it('speaks on diagnostics channels, with the name of the cache', () => {
    const heard: unknown[] = []
    const subscriber = (message: unknown): void => void heard.push(message)
    subscribe('holdfast:load', subscriber)
    try {
      expect(events.isHeard('load')).toBe(true)
      events.emit('load', { key: 'a', namespace: '', durationMs: 5 })
    } finally {
      unsubscribe('holdfast:load', subscriber)
    }
    events.emit('load', { key: 'b', namespace: '', durationMs: 5 })

    expect(heard).toEqual([{ cache: 'shop', key: 'a', namespace: '', durationMs: 5 }])
    expect(events.isHeard('load')).toBe(false)
  })

  it('refuses an event that does not exist, and what cannot listen', () => {
    expect(() => events.on('loadd' as never, () => {})).toThrow(InvalidOptionError)
    expect(() => events.on('loadd' as never, () => {})).toThrow(
      /^Unknown event "loadd"\. Known ones: load, loadError, /,
    )
    expect(() => events.on('toString' as never, () => {})).toThrow(/Unknown event/)
    expect(() => events.on('load', undefined as never)).toThrow(/listener to be a function, got undefined/)
  })

  it('forgets everybody when it is cleared', () => {
    const heard: unknown[] = []
    events.on('gap', (detail) => heard.push(detail))
    events.clear()
    events.emit('gap', { gaps: 1 })

    expect(heard).toEqual([])
  })

  it.each(eventNames)('has a diagnostics channel for %s', (name) => {
    const heard: unknown[] = []
    const listener = (message: unknown): void => void heard.push(message)
    subscribe(`holdfast:${name}`, listener)
    const isHeard = events.isHeard(name as CacheEvent)
    events.emit(name as CacheEvent, { detail: 1 } as never)
    unsubscribe(`holdfast:${name}`, listener)
    events.emit(name as CacheEvent, { detail: 2 } as never)

    expect(isHeard).toBe(true)
    expect(heard).toEqual([{ cache: 'shop', detail: 1 }])
  })
})
