import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from './pages.ts'

const page = readFileSync(join(root, 'docs/reference/guarantees.md'), 'utf8')
const promises = page
  .split(/^## /m)
  .filter((section) => /^P\d+:/.test(section))
  .map((section) => ({
    name: section.slice(0, section.indexOf(':')),
    tests: Array.from(
      section.matchAll(/^\| \[(\S+)\]\(\.\.\/\.\.\/(\S+)\) \| (.+) \|$/gm),
      ([, file, link, title]) => ({
        file: file!,
        link: link!,
        title: title!,
      }),
    ),
    says: /^\*\*Not promised\.\*\* \S/m.test(section),
  }))

describe('docs/reference/guarantees.md', () => {
  it('has every promise, with tests and with what it is not', () => {
    expect(promises.map(({ name }) => name)).toEqual(Array.from({ length: 10 }, (_, at) => `P${at + 1}`))
    for (const { tests, says } of promises) {
      expect(tests.length).toBeGreaterThan(2)
      expect(says).toBe(true)
    }
  })

  it.each(promises)('names tests of $name that are there', ({ tests }) => {
    const absent = tests.filter(({ file, link, title }) => file !== link || !hasTest(file, title))

    expect(absent).toEqual([])
  })

  it('would miss a file, and a title', () => {
    expect(hasTest('docs/test/nowhere.test.ts', 'would miss a file, and a title')).toBe(false)
    expect(hasTest('docs/test/guarantees.test.ts', 'would miss a file, and a title')).toBe(true)
    expect(hasTest('docs/test/guarantees.test.ts', 'would miss a file')).toBe(false)
  })
})

/** Whether a test or a case of a suite has this title, as it is written in the source. */
function hasTest(file: string, title: string): boolean {
  const path = join(root, file)
  if (!existsSync(path)) return false
  const text = readFileSync(path, 'utf8')
  const ways = [`'${title}'`, `"${title}"`, `\`${title}\``].map((way) =>
    way.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`),
  )
  // The title opens the arguments of `it` or `it.each(…)`, or is the name of a case.
  return new RegExp(String.raw`(?:\bit\(|\)\(|\bname:)\s*(?:${ways.join('|')}),`).test(text)
}
