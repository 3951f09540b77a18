/** An API process: `PORT=3002 CACHE=tiered REDIS_URL=redis://localhost:6379 node --conditions=@holdfast/source load/src/app/main.ts` */
import { serve } from '@hono/node-server'
import type { AddressInfo } from 'node:net'
import { createApi } from './api.ts'
import { openCache } from './cache.ts'
import { Database } from './database/database.ts'
import { workingCopy } from './database/files.ts'
import { Loads } from './loads.ts'
import { readSettings } from './settings.ts'
import { createTally } from './tally.ts'

/** What a parent process hears when the API can be asked. */
export interface Ready {
  readonly type: 'ready'
  readonly port: number
}

const settings = readSettings(process.env)
const copy = settings.databasePath === undefined ? await workingCopy(settings.seeding) : undefined
const database = new Database(settings.databasePath ?? copy!.path)
const cache = await openCache(settings.mode, process.env)
await cache.connect()
const api = createApi(settings.mode, { cache, database, loads: new Loads(), tally: createTally() })
const server = serve({ fetch: api.fetch, port: settings.port, hostname: '127.0.0.1' }, ready)
server.once('error', (error) => {
  console.error(`The API cannot listen on port ${settings.port}: ${error.message}`)
  end(4)
})

// A child ends with its parent, however that ended, and leaves a terminal's Ctrl-C to it.
if (process.channel !== undefined) {
  process.once('disconnect', () => end(0))
  process.on('SIGINT', () => {})
} else {
  process.once('SIGINT', () => end(0))
}
process.once('SIGTERM', () => end(0))

function ready({ port }: AddressInfo): void {
  if (process.send === undefined) console.log(`Local Power API (cache: ${settings.mode}) on http://localhost:${port}`)
  else process.send({ type: 'ready', port } satisfies Ready)
}

/** Ends within a second, whoever holds a connection. */
function end(code: number): void {
  setTimeout(() => process.exit(code), 1_000)
  server.close()
  Promise.allSettled([cache.close(), database[Symbol.asyncDispose](), copy?.[Symbol.asyncDispose]()]).then(
    () => process.exit(code),
    () => process.exit(code),
  )
}
