import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path/posix'

/**
 * Where a link of a page leads on the site. A folder leads to its page; a file that is no page, to where its source is shown, or
 * nowhere, when nobody says where that is.
 *
 * @param source the address under which the files of the repository can be read
 */
export function sitePath(root: string, page: string, href: string, source: string | undefined): string | undefined {
  if (/^([a-z][\w+.-]*:|#|\/)/i.test(href)) return href
  const [path = '', anchor] = href.split('#')
  const target = join(dirname(page), decodeURI(path))
  const isFolder = existsSync(join(root, target)) && statSync(join(root, target)).isDirectory()
  const isPage = target.endsWith('.md') || (isFolder && existsSync(join(root, target, 'README.md')))
  if (isPage) return `/${isFolder ? join(target, 'README.md') : target}${anchor === undefined ? '' : `#${anchor}`}`
  return source === undefined ? undefined : `${source}/${target}`
}
