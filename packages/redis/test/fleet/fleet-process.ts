import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** What a member of a fleet is to read. */
export interface MemberTask {
  readonly key: string
  /** What its loader returns. */
  readonly value: string
  readonly callers: number
  readonly loadMs: number
  readonly tags: readonly string[]
  /** Milliseconds. */
  readonly grace: number
}

/** What came of it. */
export interface MemberReport {
  readonly values: readonly string[]
  readonly loads: number
  readonly fleetWaits: number
  readonly staleHits: number
}

/** A process of a fleet. */
export class FleetProcess {
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  /** Starts one, with a session that is open. */
  static async start(url: string, prefix: string): Promise<FleetProcess> {
    const child = fork(new URL('./member.ts', import.meta.url).pathname, [url, prefix], {
      execArgv: ['--conditions=@holdfast/source'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    const started = new FleetProcess(child)
    await started.hears('ready')
    return started
  }

  tell(task: MemberTask): void {
    this.#child.send(task)
  }

  /** Resolves when it says this word. */
  async hears(word: string): Promise<void> {
    for (;;) {
      const [said] = (await once(this.#child, 'message')) as [unknown]
      if (said === word) return
    }
  }

  async report(): Promise<MemberReport> {
    for (;;) {
      const [said] = (await once(this.#child, 'message')) as [unknown]
      if (typeof said === 'object') return said as MemberReport
    }
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }
}
