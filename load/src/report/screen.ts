import { showProgress } from '@holdfast/bench/report/progress'

/** Where a run shows how far it is. On a terminal one line is written over; elsewhere, and under NO_COLOR, each step is a line. */
export interface Screen {
  /** A line that stays. */
  line(text?: string): void
  /** A step that begins: nothing, where its progress can be seen. */
  begin(text: string): void
  /** How far the step is. */
  progress(text: string): void
}

export function openScreen(): Screen {
  const isPlain = !process.stdout.isTTY || (process.env['NO_COLOR'] ?? '') !== ''
  const overwritten = isPlain ? undefined : showProgress()
  return {
    line: (text = '') => {
      overwritten?.clear()
      console.log(text)
    },
    begin: (text) => {
      if (overwritten === undefined) console.log(text)
      else overwritten.show(text)
    },
    progress: (text) => overwritten?.show(text),
  }
}

/** A bar for a share from 0 to 1: `██████░░░░`. */
export function bar(share: number, width = 24): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * width)
  return '█'.repeat(full) + '░'.repeat(width - full)
}
