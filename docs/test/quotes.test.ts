import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const pages = [join(root, 'README.md'), ...markdown(join(root, 'docs')), ...markdown(join(root, 'packages'))]

describe('code on pages', () => {
  it.each(quotes())('$page quotes $example#$region as it is', ({ example, region, code }) => {
    expect(code.trim()).toBe(readRegion(example, region))
  })

  it('quotes at least the quick start', () => {
    expect(quotes().map((quote) => quote.region)).toContain('quick-start')
  })
})

/** Blocks of code that follow `<!-- quote: path#region -->`. */
function quotes(): { page: string; example: string; region: string; code: string }[] {
  return pages.flatMap((page) =>
    Array.from(
      readFileSync(page, 'utf8').matchAll(/<!-- quote: (\S+)#(\S+) -->\n+```ts\n(.*?)```/gs),
      ([, example, region, code]) => ({
        page: relative(root, page),
        example: example!,
        region: region!,
        code: code!,
      }),
    ),
  )
}

function readRegion(example: string, region: string): string {
  const text = readFileSync(join(root, 'docs/examples', example), 'utf8')
  const found = new RegExp(`// #region ${region}\\n(.*?)// #endregion ${region}`, 's').exec(text)
  if (found === null) throw new Error(`${example} has no region ${region}`)
  return found[1]!.trim()
}

function markdown(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name === 'dist') return []
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return markdown(path)
    return entry.name.endsWith('.md') ? [path] : []
  })
}
