import { spawn } from 'node:child_process'

/**
 * What must not outlive this process: children and a folder. A small shell waits at the other end of a pipe; when the pipe
 * closes, however this process ended (SIGKILL too), it kills the children and removes the folder.
 */
export interface Tether {
  /** Ties a child that was just started. */
  tie(pid: number): void
  /** Forgets a child that has ended, before its id is given to another process. */
  untie(pid: number): void
  /** Kills what is still tied, removes the folder, and resolves when that is done. */
  cut(): Promise<void>
}

// `kill` is a builtin, and children are killed before the folder goes. Stopped processes (SIGSTOP) die of SIGKILL as well.
const script = `
pids=' '
while read -r sign pid; do
  case $sign in
    +) pids="$pids$pid " ;;
    -) kept=' '; for p in $pids; do [ "$p" = "$pid" ] || kept="$kept$p "; done; pids=$kept ;;
  esac
done
for p in $pids; do kill -KILL "$p" 2>/dev/null; done
[ -z "$1" ] || rm -rf -- "$1" || { sleep 1; rm -rf -- "$1"; }
`

/** @param folder removed at the end; none when absent */
export function tether(folder?: string): Tether {
  // A session of its own: a signal to this process's group (Ctrl-C, a CI's time-out) must not end it before it has done its work.
  const shell = spawn('/bin/sh', ['-c', script, 'holdfast-tether', folder ?? ''], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const ended = new Promise<void>((resolve) => {
    shell.once('close', () => resolve())
    shell.once('error', () => resolve())
  })
  // Its pipe may be gone when it was killed by hand; there is nothing left to tell it then.
  shell.stdin.on('error', () => {})
  shell.unref()
  // The pipe of a child is a net.Socket underneath; it must not keep the process alive either.
  ;(shell.stdin as unknown as { unref(): void }).unref()
  return {
    tie: (pid) => {
      shell.stdin.write(`+ ${pid}\n`)
    },
    untie: (pid) => {
      shell.stdin.write(`- ${pid}\n`)
    },
    cut: async () => {
      shell.ref()
      shell.stdin.end()
      await ended
    },
  }
}
