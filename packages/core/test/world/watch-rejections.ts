import { afterEach, beforeEach, expect } from 'vitest'

/** Fails each test of the file that leaves a rejection which nobody handles. */
export function watchRejections(settle: () => Promise<void>): void {
  let unhandled: unknown[] = []
  const note = (reason: unknown): void => void unhandled.push(reason)

  beforeEach(() => {
    unhandled = []
    process.on('unhandledRejection', note)
  })

  afterEach(async () => {
    await settle()
    process.off('unhandledRejection', note)
    expect(unhandled, 'unhandled rejections').toEqual([])
  })
}
