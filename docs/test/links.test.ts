import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readPages, root, withoutCode, type Page } from './pages.ts'

const pages = readPages()
const texts = new Map(pages.map(({ path, text }) => [path, text]))

describe('links between pages', () => {
  it('lead to files that are there, and to headings in them', () => {
    expect(pages.flatMap(brokenLinks)).toEqual([])
  })

  it('reach every guide and every reference from docs/README.md', () => {
    const index = new Set(linksOf(texts.get('docs/README.md') ?? '').map(({ target }) => join('docs', target)))
    const chapters = pages.map(({ path }) => path).filter((path) => /^docs\/(guides|reference)\//.test(path))

    expect(chapters.length).toBeGreaterThan(10)
    expect(chapters.filter((path) => !index.has(path))).toEqual([])
  })
})

describe('what looks at links', () => {
  it('sees each way to write one, and none in code', () => {
    const text = [
      '[a](a.md) and ![b](<b c.svg>) and [c](c.md#d "title") and `[no](no.md)`',
      '```md',
      '[no](no.md)',
      '```',
      '<img src="e.png">',
      '[f]: f.md',
    ].join('\n')

    expect(linksOf(text).map(({ target }) => target)).toEqual(['a.md', 'b c.svg', 'c.md', 'e.png', 'f.md'])
  })

  it('finds a file and a heading that are not there', () => {
    const page = {
      path: 'docs/x.md',
      text: '# Here\n[a](nowhere.md) [b](#here) [c](#nowhere) [d](../README.md#nowhere)',
    }

    expect(brokenLinks(page)).toEqual([
      'docs/x.md: nowhere.md',
      'docs/x.md: #nowhere',
      'docs/x.md: ../README.md#nowhere',
    ])
  })

  it('names headings as GitHub does', () => {
    expect([...anchorsOf('# `maxBytes`, or *not*\n## A & B\n## [C](c.md)!\n## C')]).toEqual([
      'maxbytes-or-not',
      'a--b',
      'c',
      'c-1',
    ])
  })
})

interface Link {
  readonly target: string
  readonly anchor: string | undefined
}

function brokenLinks({ path, text }: Page): string[] {
  return linksOf(text)
    .filter((link) => !isThere(path, text, link))
    .map(({ target, anchor }) => `${path}: ${target}${anchor === undefined ? '' : `#${anchor}`}`)
}

function isThere(path: string, text: string, { target, anchor }: Link): boolean {
  const file = join(dirname(path), target)
  if (target !== '' && !existsSync(join(root, file))) return false
  if (anchor === undefined) return true
  // A line of source, or a heading of a folder's page.
  const at = target === '' ? text : (texts.get(file) ?? texts.get(join(file, 'README.md')))
  return at === undefined ? !statSync(join(root, file)).isDirectory() : anchorsOf(at).has(anchor)
}

/** Links to files of the repository. Those that lead out of it are not looked at. */
function linksOf(text: string): readonly Link[] {
  const prose = withoutCode(text).replaceAll(/`[^`\n]*`/g, '')
  const found = prose.matchAll(
    /\]\((?:<([^>]+)>|([^()\s]+))(?:\s+"[^"]*")?\)|(?:src|href)="([^"]+)"|^\[[^\]]+\]:\s+(\S+)/gm,
  )
  return Array.from(found, (match) => match.slice(1).find((part) => part !== undefined)!)
    .filter((link) => !/^[a-z][\w+.-]*:/i.test(link))
    .map((link) => {
      const [target = '', anchor] = link.split('#')
      return { target: decodeURI(target), anchor }
    })
}

function anchorsOf(text: string): ReadonlySet<string> {
  const times = new Map<string, number>()
  const headings = withoutCode(text).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)
  return new Set(
    Array.from(headings, ([, heading]) => {
      const name = heading!
        .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}_\- ]/gu, '')
        .replaceAll(' ', '-')
      const before = times.get(name) ?? 0
      times.set(name, before + 1)
      return before === 0 ? name : `${name}-${before}`
    }),
  )
}
