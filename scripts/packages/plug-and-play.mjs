// Yarn's own way of resolving, without node_modules: the only one in which a package finds nothing but what its manifest names.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bin, run } from './run.mjs'

/** Installs the application anew, and runs what the other checks have left in it. */
export async function checkPlugAndPlay(app, redisUrl) {
  writeFileSync(join(app, '.yarnrc.yml'), 'nodeLinker: pnp\nenableTelemetry: false\n')
  await run(bin('yarn'), ['install', '--no-immutable'], app)
  const options = { env: { REDIS_URL: redisUrl }, timeoutMs: 60_000 }
  for (const program of ['import.mjs', 'require.cjs', 'out/readme.js', 'readme.cjs'])
    await run(bin('yarn'), ['node', program], app, options)
  console.log("imported, required, and the README's program ran without node_modules")
}
