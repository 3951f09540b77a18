/**
 * The API: `PORT=3002 CACHE=tiered REDIS_URL=redis://localhost:6379 node --conditions=@holdfast/source load/src/app/main.ts`; with
 * `PROCESSES=4` as four processes that share the port, each with a memory of its own.
 */
import cluster from 'node:cluster'
import { workingCopy } from './database/files.ts'
import { startFleet } from './fleet.ts'
import { serveApi } from './serve-api.ts'
import { readSettings } from './settings.ts'

/** What a parent process hears when the API can be asked. */
export interface Ready {
  readonly type: 'ready'
  readonly port: number
}

const settings = readSettings(process.env)
const copy = settings.databasePath === undefined ? await workingCopy(settings.seeding) : undefined
const databasePath = settings.databasePath ?? copy!.path
const running =
  cluster.isPrimary && settings.processes > 1
    ? await startFleet(settings, databasePath)
    : await serveApi(settings, databasePath, end)

if (process.send === undefined)
  console.log(`Local Power API (cache: ${settings.mode}) on http://localhost:${running.port}`)
else process.send({ type: 'ready', port: running.port } satisfies Ready)

// A child ends with its parent, however that ended, and leaves a terminal's Ctrl-C to it.
if (process.channel !== undefined) {
  process.once('disconnect', () => end(0))
  process.on('SIGINT', () => {})
} else {
  process.once('SIGINT', () => end(0))
}
process.once('SIGTERM', () => end(0))

/** Ends within a second, whoever holds a connection. */
function end(code: number): void {
  setTimeout(() => process.exit(code), 1_000)
  Promise.allSettled([running.close(), copy?.[Symbol.asyncDispose]()]).then(
    () => process.exit(code),
    () => process.exit(code),
  )
}
