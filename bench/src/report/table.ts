import { paint, width } from './paint.ts'

export interface Column {
  readonly title: string
  /** @default 'left' */
  readonly align?: 'left' | 'right'
}

/** Lines of a table for the terminal: a head, a rule, and rows; trailing blanks removed. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((column, i) => Math.max(width(column.title), ...rows.map((row) => width(row[i] ?? ''))))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => pad(cell, widths[i] ?? 0, columns[i]?.align ?? 'left'))
      .join('  ')
      .trimEnd()
  return [
    paint('bold', line(columns.map(({ title }) => title))),
    paint('dim', widths.map((length) => '─'.repeat(length)).join('  ')),
    ...rows.map((row) => line(row)),
  ].join('\n')
}

/** The same table in Markdown; bars in cells are escaped. */
export function markdownTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [
    line(columns.map(({ title }) => title)),
    line(columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...rows.map((row) => line(row)),
  ].join('\n')
}

function pad(text: string, length: number, align: 'left' | 'right'): string {
  const blanks = ' '.repeat(Math.max(0, length - width(text)))
  return align === 'right' ? blanks + text : text + blanks
}
