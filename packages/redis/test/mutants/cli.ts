// pnpm --filter @holdfast/redis mutants [name…]: plants each bug in turn and looks how soon the simulation finds it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mutants } from './mutants.ts'

const mostSeconds = 60

const asked = process.argv.slice(2).filter((arg) => arg !== '--')
const chosen = mutants.filter(({ name }) => asked.length === 0 || asked.includes(name))
let survivors = 0
for (const { name } of chosen) {
  const startedAt = performance.now()
  const found = await find(name)
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
  if (found === undefined) survivors++
  console.log(`${name.padEnd(28)} ${found === undefined ? 'NOT FOUND' : `found in ${seconds.padStart(5)} s: ${found}`}`)
}
console.log(`${chosen.length - survivors} of ${chosen.length} planted bugs found, each within ${mostSeconds} s`)
process.exitCode = survivors === 0 ? 0 : 1

/** What the simulation says when it finds the bug; `undefined` when it does not in time. */
async function find(name: string): Promise<string | undefined> {
  const plant = new URL('./plant.ts', import.meta.url).href
  const hunt = new URL('./hunt.ts', import.meta.url).pathname
  const child = spawn(process.execPath, ['--conditions=@holdfast/source', '--import', plant, hunt], {
    env: { ...process.env, HOLDFAST_MUTANT: name },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: mostSeconds * 1_000,
  })
  let said = ''
  child.stdout.on('data', (chunk) => {
    said += String(chunk)
  })
  await once(child, 'close')
  return said === '' ? undefined : said.trim()
}
