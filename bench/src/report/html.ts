import { escapeXml } from './svg.ts'
import type { Column } from './table.ts'

/** One file that needs nothing else: styles, pictures and data inside, no script, readable in light and dark. */
export function htmlPage(title: string, body: string, data: unknown): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeXml(title)}</title>
<style>
:root{color-scheme:light dark}
body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:light-dark(#222,#ddd);background:light-dark(#fff,#161616)}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2.5rem}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.9rem}
th,td{padding:.25rem .7rem;text-align:left;border-bottom:1px solid light-dark(#ddd,#333);white-space:nowrap}
th.right,td.right{text-align:right}
tr.ours td{background:light-dark(#eef6ff,#1b2733)}
.bad{color:light-dark(#b00020,#ff8a80)}.good{color:light-dark(#00695c,#80cbc4)}.open{color:light-dark(#8a6d00,#ffd54f)}
.note{color:light-dark(#666,#aaa)}
svg{max-width:100%;height:auto}
</style>
<main>
<h1>${escapeXml(title)}</h1>
${body}
</main>
<script type="application/json" id="data">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>
</html>
`
}

export interface Row {
  readonly cells: readonly string[]
  readonly className?: string
}

/** A table that can be read without seeing colours: every cell is text. */
export function htmlTable(columns: readonly Column[], rows: readonly Row[]): string {
  const side = (i: number): string => (columns[i]?.align === 'right' ? ' class="right"' : '')
  const head = columns.map(({ title }, i) => `<th scope="col"${side(i)}>${escapeXml(title)}</th>`).join('')
  const body = rows
    .map(({ cells, className }) => {
      const tags = cells.map((cell, i) =>
        i === 0 ? `<th scope="row">${escapeXml(cell)}</th>` : `<td${side(i)}>${escapeXml(cell)}</td>`,
      )
      return `<tr${className === undefined ? '' : ` class="${className}"`}>${tags.join('')}</tr>`
    })
    .join('\n')
  return `<div class="scroll" tabindex="0"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`
}
