import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
// `pnpm check:packages sizes` compares these with what was built.
const limits = JSON.parse(read('scripts/packages/size-limits.json')) as Record<string, number>
const readme = read('README.md')

describe('the sizes in the README', () => {
  it('are the limits, for every package', () => {
    const rows = [...readme.matchAll(/^\| \[`([^`]+)`\]\(packages\/.* \| (\S+) \|$/gm)]
    const quoted = Object.fromEntries(rows.map(([, name, size]) => [name, Number(size)]))

    const main = Object.entries(limits).filter(([what]) => /^(@holdfast\/[a-z]+|holdfast)$/.test(what))
    expect(quoted).toEqual(Object.fromEntries(main))
  })

  it('are the limits, for what most people import', () => {
    const quoted =
      /`\{ createCache \} from 'holdfast'` alone: (\S+) KB, from `@holdfast\/core` (\S+) KB; `\{ createKit \} from 'holdfast'`: (\S+) KB/

    expect(quoted.exec(readme)?.slice(1).map(Number)).toEqual([
      limits['{ createCache } from holdfast'],
      limits['{ createCache } from @holdfast/core'],
      limits['{ createKit } from holdfast'],
    ])
  })
})
