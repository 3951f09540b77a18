import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig, type DefaultTheme } from 'vitepress'
import { sitePath } from './site-path.ts'

const root = resolve(import.meta.dirname, '../..')
const vitepress = fileURLToPath(import.meta.resolve('vitepress'))

/** The pages of the repository as a static site, with a search of its own: `pnpm docs:build`. */
export default defineConfig({
  title: 'Holdfast',
  description: 'A cache for TypeScript services: a memory tier in front of Redis that stays coherent across processes.',
  srcDir: '..',
  // Pages of packages, of the bench and of the load tests are part of it; what others made is not.
  srcExclude: ['**/node_modules/**', '**/dist/**'],
  cacheDir: join(root, 'node_modules/.cache/vitepress'),
  outDir: join(root, 'docs/dist'),
  // `docs/test/links.test.ts` looks at every link, those to sources too.
  ignoreDeadLinks: false,
  markdown: {
    config(md) {
      const open =
        md.renderer.rules['link_open'] ?? ((tokens, at, options, _env, self) => self.renderToken(tokens, at, options))
      md.renderer.rules['link_open'] = (tokens, at, options, env: { relativePath: string }, self) => {
        const token = tokens[at]
        const href = token?.attrGet('href') ?? ''
        const path = sitePath(root, env.relativePath, href, process.env['DOCS_SOURCE_URL'])
        if (path === undefined) token?.attrs?.splice(0)
        else token?.attrSet('href', path)
        return open(tokens, at, options, env, self)
      }
    },
  },
  vite: {
    plugins: [
      {
        name: 'vue-of-vitepress',
        enforce: 'pre',
        // Pages become modules where they lie, and there is no Vue there.
        resolveId(id) {
          return /^vue(\/|$)/.test(id) ? this.resolve(id, vitepress, { skipSelf: true }) : undefined
        },
      },
    ],
  },
  themeConfig: {
    logoLink: '/README.html',
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Begin', link: '/README' },
      { text: 'Documentation', link: '/docs/README' },
    ],
    sidebar: sidebar(),
  },
  buildEnd({ outDir }) {
    writeFileSync(
      join(outDir, 'index.html'),
      '<!doctype html><meta charset="utf-8"><title>Holdfast</title><meta http-equiv="refresh" content="0; url=README.html">',
    )
  },
})

/** What docs/README.md lists, in its groups. */
function sidebar(): DefaultTheme.SidebarItem[] {
  const groups: (DefaultTheme.SidebarItem & { readonly items: DefaultTheme.SidebarItem[] })[] = []
  for (const line of readFileSync(join(root, 'docs/README.md'), 'utf8').split('\n')) {
    const group = /^(?:## |\*\*)(?<text>[^*]+)/.exec(line)?.groups
    if (group !== undefined) groups.push({ text: group['text'] ?? '', items: [] })
    const page = /^\| \[(?<text>[^\]]+)\]\((?<path>[^)]+)\.md\)/.exec(line)?.groups
    if (page !== undefined) groups.at(-1)?.items.push({ text: page['text'] ?? '', link: `/docs/${page['path']}` })
  }
  const house = ['docs/architecture', 'docs/decisions/README', 'CONTRIBUTING'].map((path) => ({
    text: path.split('/')[1] ?? 'contributing',
    link: `/${path}`,
  }))
  return [...groups.filter(({ items }) => items.length > 0), { text: 'The house', items: house }]
}
