import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const fileUrl = (path: string): string => pathToFileURL(join(root, path)).href

it('the snippet of the README does what it says', async () => {
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  const [, snippet] = /```ts\n(.*?)```/s.exec(readme)!
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-readme-'))
  try {
    const code = snippet!
      .replace('@holdfast/core', fileUrl('src/index.ts'))
      // The memory tier is a package of its own, which stands on this one.
      .replace('{ memoryStore }', '{ mapStore as memoryStore }')
      .replace('@holdfast/memory', import.meta.resolve('@holdfast/testing/simulation'))
    const database = `const db = { user: async (id, { signal }) => ({ id, isWaitedFor: !signal.aborted }) }`
    const path = join(folder, 'snippet.mjs')
    await writeFile(
      path,
      `${database}\n${code.replaceAll('memoryStore({ maxEntries: 10_000 })', 'memoryStore(10_000)')}\nexport { cache, user }`,
    )

    const { cache, user } = (await import(pathToFileURL(path).href)) as {
      cache: { get(key: string): Promise<unknown>; close(): Promise<void>; stats(): { loads: number } }
      user: unknown
    }

    expect(user).toEqual({ id: '42', isWaitedFor: true })
    expect(cache.stats().loads).toBe(1)
    expect(await cache.get('user:42')).toBeUndefined()
    await cache.close()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
