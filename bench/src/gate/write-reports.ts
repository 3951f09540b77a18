import { writeFileSync } from 'node:fs'

import { gateHtml } from './html.ts'
import { gateJunit } from './junit.ts'
import { gateMarkdown } from './markdown.ts'
import type { GateResult } from './result.ts'

/** Where the reports of a gate are written. */
export interface GateReports {
  readonly json?: string
  readonly md?: string
  readonly html?: string
  readonly junit?: string
}

/** Writes the reports that were asked for. */
export function writeGateReports(result: GateResult, { json, md, html, junit }: GateReports): void {
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(result, null, 1)}\n`)
  if (md !== undefined) writeFileSync(md, gateMarkdown(result))
  if (html !== undefined) writeFileSync(html, gateHtml(result))
  if (junit !== undefined) writeFileSync(junit, gateJunit(result))
}
