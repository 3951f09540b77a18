import { stripVTControlCharacters, styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

/** Colours text where the stream shows colours (a terminal, without NO_COLOR), and leaves it alone elsewhere. */
export function paint(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout })
}

/** How wide a text is on the screen: without colour codes, in code points. */
export function width(text: string): number {
  return Array.from(stripVTControlCharacters(text)).length
}
