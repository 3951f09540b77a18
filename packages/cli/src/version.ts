import { readFileSync } from 'node:fs'

/** The version of this package, from its manifest: beside `src` and `dist` alike. */
export function readVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    readonly version: string
  }
  return version
}
