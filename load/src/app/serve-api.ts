import { serve } from '@hono/node-server'
import { createApi } from './api.ts'
import { openCache } from './cache.ts'
import { Database } from './database/database.ts'
import { Loads } from './loads.ts'
import type { Settings } from './settings.ts'
import { createTally } from './tally.ts'

/** An API that can be asked. */
export interface RunningApi {
  readonly port: number
  close(): Promise<unknown>
}

/** Serves the API from this process. Ends with code 4 when it cannot listen. */
export async function serveApi(
  { mode, port }: Settings,
  databasePath: string,
  end: (code: number) => void,
): Promise<RunningApi> {
  const database = new Database(databasePath)
  const cache = await openCache(mode, process.env)
  await cache.connect()
  const api = createApi(mode, { cache, database, loads: new Loads(), tally: createTally() })
  return new Promise((resolve) => {
    const server = serve({ fetch: api.fetch, port, hostname: '127.0.0.1' }, (address) => {
      const close = (): Promise<unknown> => {
        server.close()
        return Promise.allSettled([cache.close(), database[Symbol.asyncDispose]()])
      }
      resolve({ port: address.port, close })
    })
    server.once('error', (error) => {
      console.error(`The API cannot listen on port ${port}: ${error.message}`)
      end(4)
    })
  })
}
