// Checks what would be published: `check-packages.mjs [sizes] [api] [tarballs] [smoke] [--update]`, all of them unless some are named.
// `--update` writes what is true today into the size limits and the snapshots of the public declarations.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { checkApi } from './packages/api.mjs'
import { checkManifests } from './packages/manifests.mjs'
import { checkSizes } from './packages/sizes.mjs'
import { checkSmoke } from './packages/smoke.mjs'
import { lint, pack } from './packages/tarballs.mjs'

const { values, positionals } = parseArgs({ allowPositionals: true, options: { update: { type: 'boolean' } } })
const parts = {
  sizes: () => checkSizes(values),
  api: () => checkApi(values),
  tarballs: async () => {
    checkManifests(await tarballs())
    await lint(await tarballs(), work)
  },
  smoke: async () => checkSmoke(await tarballs(), work),
}
const unknown = positionals.find((name) => !Object.hasOwn(parts, name))
if (unknown !== undefined) throw new Error(`Expected some of ${Object.keys(parts).join(', ')}, got ${unknown}.`)

const work = mkdtempSync(join(tmpdir(), 'holdfast-packages-'))
process.on('exit', () => rmSync(work, { recursive: true, force: true }))

let packed
function tarballs() {
  mkdirSync(join(work, 'tarballs'), { recursive: true })
  return (packed ??= pack(join(work, 'tarballs')))
}

let failed = 0
for (const [name, check] of Object.entries(parts)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue
  const startedAt = performance.now()
  try {
    await check()
    console.log(`ok      ${name}, ${((performance.now() - startedAt) / 1000).toFixed(0)} s`)
  } catch (error) {
    failed++
    console.error(`FAILED  ${name}: ${error.message}`)
  }
}
process.exitCode = failed === 0 ? 0 : 1
