import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gunzipSync } from 'node:zlib'

import { UsageError } from '../exit.ts'
import { numberKeys, type Trace } from './trace.ts'

/** Reads a trace, or all traces of a folder: one request a line, `key` or `key,size`, gzipped or not. Sizes are ignored. */
export function readTraces(path: string): readonly Trace[] {
  if (!statSync(path, { throwIfNoEntry: false })) throw new UsageError(`There is no trace at ${path}.`)
  if (!statSync(path).isDirectory()) return [readTrace(path)]
  const files = readdirSync(path).filter((name) => /\.(txt|csv|trace)(\.gz)?$/.test(name))
  if (files.length === 0) throw new UsageError(`Expected *.txt, *.csv or *.trace files, gzipped or not, in ${path}.`)
  return files.sort().map((name) => readTrace(join(path, name)))
}

function readTrace(path: string): Trace {
  const bytes = readFileSync(path)
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1')
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  if (lines.length === 0) throw new UsageError(`The trace ${path} is empty.`)
  const keys = lines.map((line) => line.split(',', 1)[0] ?? line)
  return numberKeys(basename(path).replace(/\.(txt|csv|trace)(\.gz)?$/, ''), keys, keys.length)
}
