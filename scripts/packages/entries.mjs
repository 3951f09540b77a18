// Every entry, imported and required in an application: it leaves the process as it was, and lets it exit.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './run.mjs'

// Runs in the application. What an import may not do: print, define globals, listen to the process, hold something open.
const probe = `
const meant = [
  // The two files that Next is told to load are a handler each: they note, and do not open, a cache where a hot-reloaded copy finds it.
  [/^holdfast\\/next\\//, /^Symbol\\(holdfast\\.caches\\./],
  // With its HTTP, which only these need, Node brings its fetch.
  [/^@holdfast\\/(http|testing)\\//, /^Symbol\\(undici\\./],
]
// Node opens the standard streams when they are first asked for.
void [process.stdin, process.stdout, process.stderr]
const seen = () => ({
  globals: Reflect.ownKeys(globalThis).map(String),
  listeners: process.eventNames().map((name) => String(name) + ' ' + process.listenerCount(name)),
  environment: Object.keys(process.env),
  // Files are read by the loader itself.
  resources: process.getActiveResourcesInfo().filter((name) => !name.startsWith('FSReq')),
})
const look = async (entry, load) => {
  const before = seen()
  const loaded = await load(entry)
  if (Object.keys(loaded).length === 0) throw new Error(entry + ' exports nothing')
  const after = seen()
  for (const what of Object.keys(before)) {
    const isMeant = (one) => meant.some(([entries, added]) => entries.test(entry) && added.test(one))
    const added = after[what].filter((one) => !before[what].includes(one) && !isMeant(one))
    if (added.length > 0) throw new Error(entry + ' has side effects: ' + what + ' ' + added.join(', '))
  }
}
`

/** `entries` are specifiers. */
export async function checkEntries(app, entries) {
  const looks = (load) => entries.map((entry) => `await look(${JSON.stringify(entry)}, ${load})`).join('\n')
  writeFileSync(join(app, 'import.mjs'), `${probe}${looks('(entry) => import(entry)')}\n`)
  writeFileSync(join(app, 'require.cjs'), `${probe}(async () => {\n${looks('require')}\n})()\n`)
  for (const program of ['import.mjs', 'require.cjs']) {
    const printed = await run(process.execPath, [program], app, { timeoutMs: 60_000 })
    if (printed !== '') throw new Error(`Expected ${program} to print nothing, got:\n${printed}`)
  }
  console.log(`imported and required ${entries.length} entries: no side effects`)
}
