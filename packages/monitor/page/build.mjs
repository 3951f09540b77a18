// Makes src/dashboard/page.ts, the dashboard's page as one string with the hashes for its policy: `pnpm --filter @holdfast/monitor page`.
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSync, transformSync } from 'esbuild'

const folder = import.meta.dirname
const hash = (text) => `sha256-${createHash('sha256').update(text).digest('base64')}`

/** The module's text. */
export function buildPage() {
  const built = buildSync({
    entryPoints: [join(folder, 'main.ts')],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    write: false,
    tsconfigRaw: {},
  })
  const script = built.outputFiles[0].text.trim()
  const styleSource = readFileSync(join(folder, 'style.css'), 'utf8')
  const style = transformSync(styleSource, { loader: 'css', minify: true, charset: 'utf8' }).code.trim()
  const html = readFileSync(join(folder, 'index.html'), 'utf8')
    .replaceAll(/\n\s*/g, '\n')
    .replace(/<style>[^]*<\/style>/, () => `<style>${style}</style>`)
    .replace(/<script>[^]*<\/script>/, () => `<script>${script}</script>`)
  return `// Made by page/build.mjs from the files beside it. Not to be edited.
export const page: { readonly html: string; readonly hashes: { readonly script: string; readonly style: string } } = {
  html: ${JSON.stringify(html)},
  hashes: { script: '${hash(script)}', style: '${hash(style)}' },
}
`
}

export const target = join(folder, '../src/dashboard/page.ts')
if (process.argv[1] === import.meta.filename) writeFileSync(target, buildPage())
