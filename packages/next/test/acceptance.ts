// The handlers in real applications: each is built where there is no Redis, and served by two processes that share one Redis, which is
// killed and comes back. `pnpm --filter @holdfast/next acceptance [components|classic]`
import { startRedis } from '@holdfast/testing/redis'
import { classicSteps } from './classic-steps.ts'
import { componentSteps } from './component-steps.ts'
import { buildApp, NextServer, type AppName } from './next-app.ts'
import type { Stage, Steps } from './stage.ts'

const apps: Readonly<Record<AppName, Steps>> = { components: componentSteps, classic: classicSteps }
const wanted = process.argv.slice(2)
let failed = 0

for (const name of Object.keys(apps) as AppName[]) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  if (process.env['HOLDFAST_NEXT_BUILT'] === undefined)
    await step(`${name}: next build without Redis`, () => buildApp(name))
  if (failed > 0) break
  await play(name, apps[name])
}
if (failed > 0) process.exitCode = 1

async function play(name: AppName, steps: Steps): Promise<void> {
  await using redis = await startRedis()
  const environment = { REDIS_URL: redis.url }
  await using a = await NextServer.start(name, environment)
  await using b = await NextServer.start(name, environment)
  const stage: Stage = { redis, a, b }
  for (const [sentence, run] of Object.entries(steps)) await step(`${name}: ${sentence}`, () => run(stage))
  if (failed > 0) console.error(`A said:\n${a.output()}\nB said:\n${b.output()}`)
}

async function step(sentence: string, run: () => Promise<void>): Promise<void> {
  const startedAt = performance.now()
  const seconds = (): string => ((performance.now() - startedAt) / 1000).toFixed(1)
  try {
    await run()
    console.log(`ok      ${sentence} (${seconds()} s)`)
  } catch (error) {
    failed++
    console.error(`FAILED  ${sentence} (${seconds()} s)`, error)
  }
}
