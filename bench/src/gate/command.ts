import { writeFileSync } from 'node:fs'

import type { ExitCode } from '../exit.ts'
import { gateJunit } from './junit.ts'
import { gateMarkdown } from './markdown.ts'
import { gateHtml } from './html.ts'
import { parseGateOptions } from './options.ts'
import { renderGate } from './print.ts'
import { runGate } from './run.ts'

export async function gateCommand(args: readonly string[]): Promise<ExitCode> {
  const options = parseGateOptions(args)
  const result = await runGate(options, (line) => console.error(line))
  console.log(renderGate(result))
  const { json, md, html, junit } = options.reports
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(result, null, 1)}\n`)
  if (md !== undefined) writeFileSync(md, gateMarkdown(result))
  if (html !== undefined) writeFileSync(html, gateHtml(result))
  if (junit !== undefined) writeFileSync(junit, gateJunit(result))
  return result.exitCode as ExitCode
}
