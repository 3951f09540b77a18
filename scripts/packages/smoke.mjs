// The tarballs in applications: installed by npm, pnpm and yarn, imported, required, compiled, run.
import { join } from 'node:path'
import { startRedis } from '@holdfast/testing/redis'
import { makeApplication } from './applications.mjs'
import { checkAudit } from './audit.mjs'
import { checkEntries } from './entries.mjs'
import { checkPlugAndPlay } from './plug-and-play.mjs'
import { checkReadme } from './readme.mjs'
import { run } from './run.mjs'
import { checkTypes, checkWish } from './strict.mjs'
import { checkSuites } from './suites.mjs'
import { packages } from './workspace.mjs'

const all = packages.flatMap(({ entries }) => entries.map(({ specifier }) => specifier))
// These speak for an optional peer; the suites of `@holdfast/testing` run in vitest, and are run there.
const needPeer = ['@holdfast/memory/node-cache', '@holdfast/monitor/prometheus', '@holdfast/monitor/opentelemetry']
const needRunner = ['@holdfast/testing']

async function checkCommand(app) {
  const command = join(app, 'node_modules/.bin/holdfast')
  const help = await run(command, ['--help'], app, { timeoutMs: 60_000 })
  if (!help.includes('doctor')) throw new Error(`Expected the command's help, got:\n${help}`)
  console.log('the holdfast command runs')
}

export async function checkSmoke(tarballs, folder) {
  await using redis = await startRedis()
  for (const manager of ['npm', 'pnpm', 'yarn']) {
    const peers = manager === 'npm'
    const app = await makeApplication(manager, tarballs, folder, { peers })
    const entries = all.filter((entry) => peers || ![...needPeer, ...needRunner].includes(entry))
    await checkEntries(
      app,
      entries.filter((entry) => !needRunner.includes(entry)),
    )
    await checkTypes(app, entries)
    await checkReadme(app, redis.url)
    await checkCommand(app)
    if (manager === 'yarn') await checkPlugAndPlay(app, redis.url)
    if (!peers) continue
    await checkAudit(app)
    await checkSuites(app)
    await checkWish(app)
    await run(join(app, 'node_modules/.bin/holdfast'), ['init', '--framework', 'web'], app)
  }
}
