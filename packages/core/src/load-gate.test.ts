import { describe, expect, it } from 'vitest'
import { LoadRejectedError } from './errors.ts'
import { LoadGate } from './load-gate.ts'

const open = new AbortController().signal

describe('LoadGate', () => {
  it('lets so many in, and the others one by one as they leave, in their order', async () => {
    const gate = new LoadGate(1, 10)
    const entered: string[] = []
    const leave = await gate.enter(open)
    const waiting = ['a', 'b'].map(async (name) => {
      const leaveAgain = await gate.enter(open)
      entered.push(name)
      return leaveAgain
    })
    expect([gate.running, gate.queued]).toEqual([1, 2])

    leave()
    const leaveA = await waiting[0]!
    expect(entered).toEqual(['a'])
    expect([gate.running, gate.queued]).toEqual([1, 1])

    leaveA()
    const leaveB = await waiting[1]!
    leaveB()
    expect([gate.running, gate.queued]).toEqual([0, 0])
  })

  it('gives a place back once, however often it is left', async () => {
    const gate = new LoadGate(2, 0)
    const [first] = [await gate.enter(open), await gate.enter(open)]
    first()
    first()

    expect(gate.running).toBe(1)
  })

  it('rejects when the queue is full, saying so', async () => {
    const gate = new LoadGate(1, 1)
    const leave = await gate.enter(open)
    const waits = gate.enter(open)

    expect(() => gate.enter(open)).toThrow(LoadRejectedError)
    expect(() => gate.enter(open)).toThrow('1 loads are running and 1 are waiting')
    leave()
    ;(await waits)()
    expect([gate.running, gate.queued]).toEqual([0, 0])
  })

  it('has no queue when it is 0 long', async () => {
    const gate = new LoadGate(1, 0)
    await gate.enter(open)

    expect(() => gate.enter(open)).toThrow(LoadRejectedError)
  })

  it('lets go of who aborts while waiting, and of nobody else', async () => {
    const gate = new LoadGate(1, 10)
    const leave = await gate.enter(open)
    const abort = new AbortController()
    const gone = Promise.resolve(gate.enter(abort.signal))
    const stays = gate.enter(open)

    abort.abort(new Error('no more'))
    await expect(gone).rejects.toThrow('no more')
    expect(gate.queued).toBe(1)

    leave()
    const leaveAgain = await stays
    expect([gate.running, gate.queued]).toEqual([1, 0])
    leaveAgain()
    expect(gate.running).toBe(0)
  })

  it('does not let in who has aborted already', () => {
    const gate = new LoadGate(1, 1)

    expect(() => gate.enter(AbortSignal.abort(new Error('too late')))).toThrow('too late')
    expect(gate.running).toBe(0)
  })

  it('does not listen any longer to who was let in', async () => {
    const gate = new LoadGate(1, 1)
    const leave = await gate.enter(open)
    const abort = new AbortController()
    const waits = gate.enter(abort.signal)
    leave()
    const leaveAgain = await waits

    abort.abort()

    expect(gate.running).toBe(1)
    leaveAgain()
    expect(gate.running).toBe(0)
  })
})
