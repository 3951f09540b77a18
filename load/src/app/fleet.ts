import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import type { Ready } from './main.ts'
import type { RunningApi } from './serve-api.ts'
import type { Settings } from './settings.ts'

/** Serves the API from several processes on one port and one database; connections go to them in turn. Ends when one of them does. */
export async function startFleet({ processes }: Settings, databasePath: string): Promise<RunningApi> {
  const workers = Array.from({ length: processes }, () => cluster.fork({ DATABASE: databasePath }))
  let isClosing = false
  cluster.on('exit', (worker, code) => {
    if (isClosing) return
    console.error(`Process ${worker.process.pid} of the API ended with ${code}.`)
    process.kill(process.pid, 'SIGTERM')
  })
  const ports = await Promise.all(workers.map(portOf))
  return {
    port: ports[0]!,
    close: () => {
      isClosing = true
      for (const worker of workers) worker.kill('SIGTERM')
      return Promise.all(workers.filter((worker) => !worker.isDead()).map((worker) => once(worker, 'exit')))
    },
  }
}

function portOf(worker: Worker): Promise<number> {
  return new Promise((resolve) => {
    worker.on('message', ({ type, port }: Ready) => {
      if (type === 'ready') resolve(port)
    })
  })
}
