import type { GeneratorMessage, Job } from '../engines/job.ts'
import type { Progress } from '../engines/open.ts'
import type { RunResult } from '../engines/run-result.ts'
import { startChild, type Child } from './child.ts'

/** A process that generates load, one job after the other. */
export class Generator implements AsyncDisposable {
  readonly #child: Child<GeneratorMessage>

  private constructor(child: Child<GeneratorMessage>) {
    this.#child = child
  }

  static async start(): Promise<Generator> {
    const child = startChild<GeneratorMessage>(new URL('../engines/generator.ts', import.meta.url))
    await child.next()
    return new Generator(child)
  }

  get pid(): number {
    return this.#child.pid
  }

  /** @throws {Error} when the process ends, or the job cannot be done */
  async run(job: Job, onProgress?: (progress: Progress) => void): Promise<RunResult> {
    this.#child.send(job)
    for (;;) {
      const message = await this.#child.next()
      if (message.type === 'progress') onProgress?.(message.progress)
      else if (message.type === 'result') return message.result
      else if (message.type === 'failed') throw new Error(message.error)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child.stop()
  }
}
