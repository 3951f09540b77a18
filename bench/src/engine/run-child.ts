import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { InfrastructureError } from '../exit.ts'
import type { Job, Message } from './job.ts'
import { pinned, type Pinning } from './pin.ts'
import { repositoryRoot } from './repository.ts'

const entry = fileURLToPath(new URL('./child.ts', import.meta.url))

/** Stripped types and bytecode: half of a process's start. Optimised code is never in it. */
const compileCache = join(repositoryRoot, 'node_modules', '.cache', 'bench-compile')

/** No job takes longer; one that does hangs. */
const longestMs = 10 * 60_000

/**
 * Runs a job in a process of its own, pinned, and gives its messages as they come. The child ends with its job, and with its parent.
 *
 * @throws {InfrastructureError} with the end of its output, when it dies or hangs
 */
export function runChild(job: Job, pinning: Pinning, onMessage: (message: Message) => void): Promise<void> {
  const flags = ['--expose-gc', '--conditions=@holdfast/source', '--disable-warning=ExperimentalWarning']
  // Allocations are counted between two collections: room for many of them.
  if (job.type === 'count') flags.push('--max-semi-space-size=128', '--min-semi-space-size=128')
  const [command, args] = pinned(pinning.client, process.execPath, [...flags, entry])
  return new Promise((resolve, reject) => {
    const env = { ...process.env, NODE_COMPILE_CACHE: compileCache }
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
    let output = ''
    let isDone = false
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-4_000)
    }
    child.stdout?.on('data', keep)
    child.stderr?.on('data', keep)
    const timer = setTimeout(() => child.kill('SIGKILL'), longestMs)
    child.on('message', (message: Message) => {
      if (message.type !== 'done') return onMessage(message)
      isDone = true
      // Peers may leave timers and sockets behind; the measurement is over.
      child.kill('SIGKILL')
    })
    child.once('error', (error) => {
      clearTimeout(timer)
      reject(new InfrastructureError(`A bench process could not start: ${error.message}`, { cause: error }))
    })
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      if (isDone) resolve()
      else reject(new InfrastructureError(`A bench process ended with ${code ?? signal}:\n${output.trim()}`))
    })
    child.send(job)
  })
}
