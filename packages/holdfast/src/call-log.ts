/** Writes one line of the kit's log. */
export type WriteLine = (line: string) => void

/** What the kit says: things that are said once, and with `CACHE_DEBUG` a line per call. Never values, never passwords. */
export class CallLog {
  readonly isDebugging: boolean
  readonly #write: WriteLine
  readonly #said = new Set<string>()

  constructor(write: WriteLine, isDebugging: boolean) {
    this.#write = write
    this.isDebugging = isDebugging
  }

  /** Says it once for each `about`, and no more than a thousand things in all. */
  once(about: string, line: string): void {
    if (this.#said.has(about) || this.#said.size >= 1_000) return
    this.#said.add(about)
    this.#write(`[holdfast] ${line}`)
  }

  /** One line for what happened outside of a call, when debugging. */
  event(line: string): void {
    if (this.isDebugging) this.#write(`[holdfast] ${onOneLine(line)}`)
  }

  /** One line for a call that began at `startedAt` (`performance.now()`), when debugging. */
  call(operation: string, about: string, outcome: string, startedAt: number): void {
    if (!this.isDebugging) return
    const ms = (performance.now() - startedAt).toFixed(2)
    this.#write(`[holdfast] ${operation} ${onOneLine(about)} ${outcome} ${ms} ms`)
  }
}

/** Keys come from users: what they put there must not look like another line of the log. */
function onOneLine(text: string): string {
  const short = text.length > 200 ? `${text.slice(0, 200)}…` : text
  return /[\p{Cc}\u2028\u2029]/u.test(short) ? JSON.stringify(short) : short
}

export function toStderr(line: string): void {
  console.warn(line)
}
