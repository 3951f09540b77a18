// `@holdfast/testing` where it is at home: in vitest, on a store and a serializer of ours, all from the tarballs.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './run.mjs'

const test = `
import { json } from '@holdfast/core'
import { testSerializer } from '@holdfast/testing'

testSerializer({ open: json })
`

export async function checkSuites(app) {
  writeFileSync(join(app, 'suites.test.mjs'), test)
  const out = join(app, 'suites.json')
  await run(join(app, 'node_modules/.bin/vitest'), ['run', '--reporter=json', `--outputFile=${out}`], app)
  const report = JSON.parse(readFileSync(out, 'utf8'))
  if (!report.success || report.numPassedTests < 10)
    throw new Error(`Expected the suite to pass, got:\n${JSON.stringify(report)}`)
  console.log(`the suites of @holdfast/testing run: ${report.numPassedTests} tests`)
}
