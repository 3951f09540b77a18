import { cpSync, existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { repositoryRoot } from '../engine/repository.ts'

/** A build that is worse, or odd, in a way that is known. Wraps what core exports, whatever stands behind it. */
export interface Mutation {
  readonly name: string
  /** Statements that see `cache`, the opened cache, and change its methods. */
  readonly body: string
}

export const mutations = {
  clone: {
    name: 'clone',
    body: `const get = cache.get.bind(cache)
  cache.get = async (...args: any[]) => JSON.parse(JSON.stringify(await get(...args)))`,
  },
  roundTrip: {
    name: 'round-trip',
    body: `const get = cache.get.bind(cache)
  cache.get = async (...args: any[]) => {
    await cache.ping()
    return get(...args)
  }`,
  },
  closure: {
    name: 'closure',
    body: `const getOrSet = cache.getOrSet.bind(cache)
  let last: unknown
  cache.getOrSet = (key: string, load: any, ...rest: any[]) => {
    last = { key, load, rest, again: () => last }
    return getOrSet(key, load, ...rest)
  }`,
  },
  throwing: {
    name: 'throwing',
    body: `let calls = 0
  const get = cache.get.bind(cache)
  cache.get = (...args: any[]) => {
    if (++calls > 5000) throw new Error('planted')
    return get(...args)
  }`,
  },
  missing: { name: 'missing', body: `delete cache.getOrSet; cache.getOrSet = undefined` },
} as const satisfies Record<string, Mutation>

/** Copies the packages of a checkout beside it and wraps `createCache`; libraries are those of the original. */
export function plantMutation(root: string, { name, body }: Mutation): string {
  const target = join(repositoryRoot, '.bench', 'mutants', name)
  rmSync(target, { recursive: true, force: true })
  mkdirSync(target, { recursive: true })
  for (const entry of ['packages', 'package.json', 'pnpm-lock.yaml']) {
    cpSync(join(root, entry), join(target, entry), { recursive: true, verbatimSymlinks: true })
  }
  if (existsSync(join(root, 'node_modules'))) symlinkSync(join(root, 'node_modules'), join(target, 'node_modules'))
  const source = join(target, 'packages', 'core', 'src')
  renameSync(join(source, 'index.ts'), join(source, 'original.ts'))
  writeFileSync(join(source, 'index.ts'), `export * from './original.ts'\nexport { createCache } from './mutant.ts'\n`)
  writeFileSync(
    join(source, 'mutant.ts'),
    `import { createCache as create } from './original.ts'

export function createCache(options: any): any {
  const cache: any = create(options)
  ${body}
  return cache
}
`,
  )
  return target
}
