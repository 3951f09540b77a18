import { cacheLife, cacheTag } from 'next/cache'

/** A new one each time it is really called. */
export async function sharedNumber() {
  'use cache'
  cacheTag('numbers')
  cacheLife('hours')
  return crypto.randomUUID()
}

/** Long, and made slowly. */
export async function slowText() {
  'use cache'
  cacheTag('slow')
  cacheLife('hours')
  await new Promise((resolve) => setTimeout(resolve, 300))
  return `${crypto.randomUUID()} ${'x'.repeat(300_000)}`
}

/** For one argument. */
export async function numberOf(id) {
  'use cache'
  cacheTag('numbers-of', `number-${id}`)
  cacheLife('hours')
  return crypto.randomUUID()
}
