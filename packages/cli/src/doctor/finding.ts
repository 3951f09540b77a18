/** How bad it is. A `note` needs nothing to be done. */
export type Level = 'ok' | 'note' | 'warning' | 'error'

/** One thing that was looked at. */
export interface Finding {
  readonly check: string
  readonly level: Level
  readonly message: string
  /** What to do about it. */
  readonly advice?: string
}
