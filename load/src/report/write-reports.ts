import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { RunOptions } from '../run/options.ts'
import type { RunReport } from '../run/result.ts'
import { runHtml } from './html.ts'
import { runJunit } from './junit.ts'
import { runMarkdown } from './markdown.ts'
import { recordOf, type RunRecord } from './record.ts'

const writers: Readonly<Record<keyof RunOptions['reports'], (run: RunRecord) => string>> = {
  json: (run) => `${JSON.stringify(run, null, 2)}\n`,
  md: runMarkdown,
  html: runHtml,
  junit: runJunit,
}

/** Writes the reports that were asked for. */
export async function writeReports(report: RunReport, paths: RunOptions['reports']): Promise<void> {
  const wanted = Object.entries(paths) as [keyof RunOptions['reports'], string][]
  if (wanted.length === 0) return
  const run = recordOf(report)
  for (const [format, path] of wanted) {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, writers[format](run))
  }
}
