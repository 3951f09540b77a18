// What each entry adds to a bundle: minified by esbuild and gzipped, with our own packages in it and third-party libraries left out.
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { packages, readJson, root } from './workspace.mjs'

const limitsFile = join(root, 'scripts/packages/size-limits.json')

// What most people import of the two large entries.
const parts = { '@holdfast/core': ['createCache'], holdfast: ['createCache', 'createKit'] }

const isOurs = (path) => /^(@holdfast\/|holdfast(\/|$))/.test(path)

async function measure(entry, isBundled) {
  const leaveOut = {
    name: 'leave-out',
    setup: ({ onResolve }) =>
      onResolve({ filter: /^[^./]/ }, ({ path }) => (isBundled(path) ? undefined : { path, external: true })),
  }
  const { outputFiles } = await build({
    ...entry,
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    plugins: [leaveOut],
  })
  return gzipSync(outputFiles[0].contents, { level: 9 }).length
}

async function measureAll() {
  const sizes = new Map()
  for (const { folder, name, entries } of packages) {
    for (const { specifier, script } of entries) {
      if (!existsSync(script)) throw new Error(`There is no ${script}. Build first: pnpm build`)
      sizes.set(specifier, await measure({ entryPoints: [script] }, isOurs))
      if (specifier !== name) continue
      for (const part of parts[name] ?? []) {
        const contents = `export { ${part} } from ${JSON.stringify(script)}`
        sizes.set(`{ ${part} } from ${name}`, await measure({ stdin: { contents, resolveDir: folder } }, isOurs))
      }
      if (name === 'holdfast')
        sizes.set(`${name}, its own files`, await measure({ entryPoints: [script] }, () => false))
    }
  }
  return sizes
}

// Rounded up, with half a percent for the zlib of another Node.
function toLimit(bytes) {
  const room = bytes * 1.005
  return room > 10_000 ? Math.ceil(room / 500) / 2 : Math.ceil(room / 100) / 10
}

/** Prints each entry beside its limit, in KB of 1000 bytes. A limit that is far above the truth fails too: pages quote it. */
export async function checkSizes({ update }) {
  const sizes = await measureAll()
  if (update) {
    const limits = Object.fromEntries([...sizes].map(([what, bytes]) => [what, toLimit(bytes)]))
    writeFileSync(limitsFile, `${JSON.stringify(limits, undefined, 2)}\n`)
  }
  const limits = readJson(limitsFile)
  const wrong = Object.keys(limits)
    .filter((what) => !sizes.has(what))
    .map((what) => `${what} has a limit and does not exist`)
  console.log('   KB  limit  minified and gzipped, third-party libraries left out')
  for (const [what, bytes] of sizes) {
    const limit = limits[what]
    console.log(`${(bytes / 1000).toFixed(1).padStart(5)}  ${String(limit ?? 'none').padStart(5)}  ${what}`)
    if (limit === undefined) wrong.push(`${what} has ${bytes} bytes and no limit`)
    else if (bytes > limit * 1000)
      wrong.push(`${what} has ${bytes} bytes, ${bytes - limit * 1000} above its limit of ${limit} KB`)
    else if (toLimit(bytes * 1.05) < limit)
      wrong.push(`${what} has ${bytes} bytes only, its limit of ${limit} KB is out of date`)
  }
  if (wrong.length > 0)
    throw new Error(
      `Sizes:\n  ${wrong.join('\n  ')}\nTake out what need not be there, or, if it is worth it: pnpm check:packages sizes --update, and the README's figures.`,
    )
}
