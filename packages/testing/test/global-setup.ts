import { provideRedisServer } from '../src/redis/index.ts'

/** Finds or fetches a Redis server once, before any test's own time-out runs; the workers inherit the variable. */
export default async function setup(): Promise<void> {
  process.env['HOLDFAST_TEST_REDIS_BIN'] = await provideRedisServer()
}
