/** How bad it is. A `note` needs nothing to be done. */
export type Level = 'ok' | 'note' | 'warning' | 'error'

/** One thing that was looked at. */
export interface Finding {
  readonly check: string
  readonly level: Level
  readonly message: string
  /** The node of a cluster that it is about; all of them where it is absent. */
  readonly node?: string
  /** What to do about it. */
  readonly advice?: string
}
