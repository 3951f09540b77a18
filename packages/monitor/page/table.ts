import { el } from './dom.ts'

/** A cell: text, or what can be pressed. */
export type Cell = string | HTMLElement

export interface Column {
  readonly title: string
  readonly isNumber?: boolean
  /** Holds sentences. */
  readonly isWide?: boolean
}

/** A table whose rows are exchanged, but not under someone's pointer or focus. */
export class Table {
  readonly element: HTMLElement
  readonly #columns: readonly Column[]
  readonly #body = el('tbody')
  readonly #empty: string
  #shown = ''

  constructor(caption: string, note: string, columns: readonly Column[], empty: string) {
    this.#columns = columns
    this.#empty = empty
    const head = columns.map((column) =>
      el(
        column.title === '' ? 'td' : 'th',
        { ...(column.title !== '' && { scope: 'col' }), ...classOf(column) },
        column.title,
      ),
    )
    this.element = el(
      'div',
      { class: 'card flush' },
      el(
        'table',
        {},
        el('caption', {}, caption, ...(note === '' ? [] : [el('small', {}, note)])),
        el('thead', {}, el('tr', {}, ...head)),
        this.#body,
      ),
    )
  }

  /** @param rows the first cell of each is its heading */
  show(rows: readonly (readonly Cell[])[]): void {
    const text = JSON.stringify(
      rows.map((cells) => cells.map((cell) => (typeof cell === 'string' ? cell : cell.outerHTML))),
    )
    if (text === this.#shown || this.#body.matches(':focus-within, :hover')) return
    this.#shown = text
    const made = rows.map((cells) =>
      el(
        'tr',
        {},
        ...cells.map((cell, index) =>
          el(
            index === 0 ? 'th' : 'td',
            { ...(index === 0 && { scope: 'row' }), ...classOf(this.#columns[index]!) },
            cell,
          ),
        ),
      ),
    )
    const nothing = el('tr', {}, el('td', { class: 'empty', colspan: String(this.#columns.length) }, this.#empty))
    this.#body.replaceChildren(...(made.length === 0 ? [nothing] : made))
  }
}

function classOf({ isNumber, isWide }: Column): { readonly class?: string } {
  if (isNumber === true) return { class: 'n' }
  return isWide === true ? { class: 'wide' } : {}
}
