// The first program of the README, as its reader would have it: TypeScript, and what `require` makes of it.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './run.mjs'
import { compile } from './strict.mjs'
import { root } from './workspace.mjs'

const read = (path) => readFileSync(join(root, path), 'utf8')

function quickStart() {
  const [, code] = /<!-- quote: quick-start\.ts#quick-start -->\n```ts\n([\s\S]*?)```/.exec(read('README.md'))
  // The page leaves out the reader's own function.
  const [, loader] = read('docs/examples/quick-start.ts').split('// #endregion quick-start\n')
  return code + loader
}

export async function checkReadme(app, redisUrl) {
  writeFileSync(join(app, 'readme.ts'), quickStart())
  const out = await compile(app, ['readme.ts'], {})
  const script = readFileSync(join(out, 'readme.js'), 'utf8')
  const required = script.replace(/^import (\{.*\}) from ('.*');?$/m, 'const $1 = require($2)')
  if (required === script) throw new Error(`Expected one import in the README's program, got:\n${script}`)
  writeFileSync(join(app, 'readme.cjs'), `(async () => {\n${required}})()\n`)
  for (const program of [join(out, 'readme.js'), 'readme.cjs']) {
    const printed = await run(process.execPath, [program], app, { env: { REDIS_URL: redisUrl }, timeoutMs: 60_000 })
    if (printed !== 'Ada 1\n') throw new Error(`Expected the README's program to print "Ada 1", got:\n${printed}`)
  }
  console.log("the README's program runs, by import and by require")
}
