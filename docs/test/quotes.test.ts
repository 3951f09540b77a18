import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readPages, root } from './pages.ts'

const pages = readPages()

describe('code on pages', () => {
  it.each(quotes())('$page quotes $example#$region as it is', ({ example, region, code }) => {
    expect(code.trim()).toBe(readRegion(example, region))
  })

  it('quotes at least the quick start', () => {
    expect(quotes().map((quote) => quote.region)).toContain('quick-start')
  })

  it('is a quote, in every guide', () => {
    const own = pages
      .filter(({ path }) => path.startsWith('docs/guides/'))
      .flatMap(({ path, text }) =>
        Array.from(text.matchAll(/([^\n]*)\n+```(?:ts|tsx|js)\n([^\n]*)/g))
          .filter(([, before]) => !before!.startsWith('<!-- quote: '))
          .map(([, , first]) => `${path}: ${first}`),
      )

    expect(own).toEqual([])
  })
})

/** Blocks of code that follow `<!-- quote: path#region -->`. */
function quotes(): { page: string; example: string; region: string; code: string }[] {
  return pages.flatMap(({ path, text }) =>
    Array.from(text.matchAll(/<!-- quote: (\S+)#(\S+) -->\n+```ts\n(.*?)```/gs), ([, example, region, code]) => ({
      page: path,
      example: example!,
      region: region!,
      code: code!,
    })),
  )
}

function readRegion(example: string, region: string): string {
  const text = readFileSync(join(root, 'docs/examples', example), 'utf8')
  const found = new RegExp(`// #region ${region}\\n(.*?)// #endregion ${region}`, 's').exec(text)
  if (found === null) throw new Error(`${example} has no region ${region}`)
  return found[1]!.trim()
}
