/** A line that is written over, on a terminal; nothing elsewhere, where it would only fill a log. */
export interface Progress {
  show(line: string): void
  clear(): void
}

export function showProgress(): Progress {
  const { stderr } = process
  if (!stderr.isTTY) return { show: () => {}, clear: () => {} }
  return {
    show: (line) => stderr.write(`\r\u001b[2K${line.slice(0, stderr.columns - 1)}`),
    clear: () => stderr.write('\r\u001b[2K'),
  }
}
