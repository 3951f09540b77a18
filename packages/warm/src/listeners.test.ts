import { expect, it, onTestFinished, vi } from 'vitest'
import { Listeners } from './listeners.ts'

const progress = { job: 'job 1', keys: 1, fresh: 0, loaded: 1, absent: 0, failed: 0 }

it('tells whoever listens, in order, until each turns away', () => {
  const listeners = new Listeners()
  const heard: string[] = []
  const first = listeners.on('progress', ({ job }) => heard.push(`first ${job}`))
  listeners.on('progress', ({ job }) => heard.push(`second ${job}`))
  listeners.emit('progress', progress)

  first[Symbol.dispose]()
  listeners.emit('progress', progress)

  expect(heard).toEqual(['first job 1', 'second job 1', 'second job 1'])
})

it('takes one function twice for two listeners', () => {
  const listeners = new Listeners()
  const heard = vi.fn()
  const [first] = [listeners.on('progress', heard), listeners.on('progress', heard)]

  first[Symbol.dispose]()
  listeners.emit('progress', progress)

  expect(heard).toHaveBeenCalledTimes(1)
})

it('warns of a listener that throws, then or later, and tells the others', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
  onTestFinished(() => warn.mockRestore())
  const listeners = new Listeners()
  const heard = vi.fn()
  listeners.on('progress', () => {
    throw new Error('at once')
  })
  listeners.on('progress', () => Promise.reject(new Error('later')) as never)
  listeners.on('progress', heard)

  listeners.emit('progress', progress)
  await vi.waitFor(() => expect(warn).toHaveBeenCalledTimes(2))

  expect(warn.mock.calls.map(([message]) => message)).toEqual([
    "A listener of the warmer event 'progress' threw: Error: at once",
    "A listener of the warmer event 'progress' threw: Error: later",
  ])
  expect(heard).toHaveBeenCalledTimes(1)
})

it('refuses what is no function', () => {
  expect(() => new Listeners().on('ended', 'call me' as never)).toThrow('Expected the listener to be a function')
})
