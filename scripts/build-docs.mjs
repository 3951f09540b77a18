// Builds the site of the documentation into docs/dist, and follows every link in it: `pnpm docs:build`.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

const docs = resolve(import.meta.dirname, '../docs')
const site = join(docs, 'dist')
const vitepress = join(docs, 'node_modules/vitepress/bin/vitepress.js')
const built = spawnSync(process.execPath, [vitepress, 'build', docs], { stdio: 'inherit' })
if (built.status !== 0) process.exit(1)

const pages = new Map(
  readdirSync(site, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.html') && path !== '404.html')
    .map((path) => [path, readFileSync(join(site, path), 'utf8')]),
)
let links = 0
const broken = [...pages].flatMap(([path, html]) =>
  Array.from(html.matchAll(/<a [^>]*?href="([^"]*)"/g), ([, href]) => href)
    .filter((href) => !/^[a-z][\w+.-]*:/i.test(href) && !leadsSomewhere(path, href))
    .map((href) => `${path}: ${href}`),
)
for (const line of broken) console.error(`broken link  ${line}`)
console.log(`${pages.size} pages, ${links} links, ${broken.length} broken`)
process.exit(broken.length === 0 && pages.size > 30 ? 0 : 1)

function leadsSomewhere(path, href) {
  links++
  const [target, anchor = ''] = href.split('#').map(decodeURIComponent)
  const file = target === '' ? path : target.startsWith('/') ? target.slice(1) : join(dirname(path), target)
  const page = pages.get(file)
  if (page === undefined) return existsSync(join(site, file)) && file !== ''
  return anchor === '' || page.includes(`id="${anchor}"`)
}
