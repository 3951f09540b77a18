/** Text that stands in XML or HTML. */
export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

/** Maps a domain onto pixels, linearly or by logarithm. */
export type Scale = (value: number) => number

export function linearScale(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const [low, high] = domain
  const [from, to] = range
  return (value) => from + ((value - low) / (high - low || 1)) * (to - from)
}

export function logScale(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const inner = linearScale([Math.log(domain[0]), Math.log(domain[1])], range)
  return (value) => inner(Math.log(value))
}

/** Colours that can be told apart by most eyes, in light and dark (after Okabe and Ito). */
export const palette: readonly string[] = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#b8860b',
  '#56b4e9',
  '#8c564b',
  '#7f7f7f',
  '#6a3d9a',
  '#17becf',
]

export function colour(index: number): string {
  return palette[index % palette.length] ?? '#7f7f7f'
}

/** A coordinate with a tenth of a pixel: enough, and short. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10)
}

export function polyline(points: readonly (readonly [number, number])[], stroke: string, extra = ''): string {
  return `<polyline points="${points.map(([x, y]) => `${px(x)},${px(y)}`).join(' ')}" fill="none" stroke="${stroke}" ${extra}/>`
}

export function text(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${px(x)}" y="${px(y)}" ${attributes}>${escapeXml(content)}</text>`
}

export function line(x1: number, y1: number, x2: number, y2: number, attributes: string): string {
  return `<line x1="${px(x1)}" y1="${px(y1)}" x2="${px(x2)}" y2="${px(y2)}" ${attributes}/>`
}

/** A whole picture. It takes the colours of the page it stands in, and those of the system when it stands alone. */
export function picture(widthPx: number, heightPx: number, title: string, body: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${px(widthPx)} ${px(heightPx)}" width="${px(widthPx)}" height="${px(heightPx)}" role="img" aria-label="${escapeXml(title)}">
<style>svg{color-scheme:light dark;font:11px system-ui,sans-serif}text{fill:light-dark(#222,#ddd)}.faint{stroke:light-dark(#ddd,#444)}.strong{stroke:light-dark(#888,#999)}.note{fill:light-dark(#666,#aaa)}</style>
${body}
</svg>
`
}
