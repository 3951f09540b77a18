/** Whether a fault really happened: a scenario whose fault did not shows nothing. */
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'

/** Nobody listens where an URL leads. */
export function isRefused(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) })
    const settle = (isRefused: boolean) => (): void => {
      socket.destroy()
      resolve(isRefused)
    }
    socket.once('connect', settle(false))
    socket.once('error', settle(true))
  })
}

/** A process is stopped, as the system sees it. */
export function isStopped(pid: number): boolean {
  return /^\d+ \(.*\) T/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
}
