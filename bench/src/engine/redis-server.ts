import { startRedis } from '@holdfast/testing/redis'

import { InfrastructureError } from '../exit.ts'
import { type Pinning, pinProcess } from './pin.ts'

/** The server that a run measures against: ours alone, empty, on a processor of its own. */
export interface BenchRedis extends AsyncDisposable {
  readonly url: string
  readonly version: string
  command(...args: readonly string[]): Promise<string>
}

/** @throws {InfrastructureError} when no server can be had */
export async function openRedis(pinning: Pinning): Promise<BenchRedis> {
  try {
    const server = await startRedis()
    const info = String(await server.command('INFO', 'server'))
    pinProcess(Number(/process_id:(\d+)/.exec(info)?.[1]), pinning.server)
    return {
      url: server.url,
      version: /redis_version:(\S+)/.exec(info)?.[1] ?? 'unknown',
      command: async (...args) => String(await server.command(...args)),
      [Symbol.asyncDispose]: () => server.stop(),
    }
  } catch (error) {
    throw new InfrastructureError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}
