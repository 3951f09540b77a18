/**
 * Loaded before an API process: its code is ours, and the packages that it imports are those of the checkout that `LOAD_PACKAGES` names.
 * What differs between two such processes is Holdfast alone.
 */
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const root = process.env['LOAD_PACKAGES']
const own = new URL('../../../packages/', import.meta.url).href

if (root !== undefined) {
  const theirs = pathToFileURL(join(root, 'packages/')).href
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context)
      return resolved.url.startsWith(own) ? { ...resolved, url: theirs + resolved.url.slice(own.length) } : resolved
    },
  })
}
