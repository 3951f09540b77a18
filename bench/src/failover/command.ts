import { parseArgs } from 'node:util'

import { ExitCode, UsageError } from '../exit.ts'
import { markdownTable, renderTable, type Column } from '../report/table.ts'
import { contenderNames, type ContenderName } from './contenders.ts'
import { faultNames, playFault, type Played } from './play.ts'

export const failoverHelp = `pnpm bench failover      what callers notice when Redis is frozen for 3 s, and when it is killed for 2 s, with default settings

  --only holdfast,ioredis      some of ${contenderNames.join(', ')} (default: all)
  --keys cold                  each key is asked for once and loaded in 5 ms, or \`hot\`: 500 keys
  --rate 1000                  requests a second, whether or not earlier ones were answered
  --md                         the tables in Markdown

  Ends with 1 when ours misses a goal (cold keys only): no error; during the fault p50 at most 1.2 × normal, p99 at most 1.2 × and max at most 2 × the
  deadline and the load (105 ms); latency normal again within 300 ms.`

/** The deadline and the load. */
const boundMs = 105

const columns: readonly Column[] = [
  { title: 'contender' },
  { title: 'failed', align: 'right' },
  { title: 'p50 before', align: 'right' },
  { title: 'p50 during', align: 'right' },
  { title: 'p99 during', align: 'right' },
  { title: 'max during', align: 'right' },
  { title: 'p99 after', align: 'right' },
  { title: 'normal after', align: 'right' },
  { title: 'queries/s before, during, after (most)', align: 'right' },
  { title: 'own stalls', align: 'right' },
]

export async function failoverCommand(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', default: contenderNames.join(',') },
      keys: { type: 'string', default: 'cold' },
      rate: { type: 'string', default: '1000' },
      md: { type: 'boolean', default: false },
    },
  })
  const { keys } = values
  if (keys !== 'cold' && keys !== 'hot') throw new UsageError(`--keys is cold or hot, not ${keys}.`)
  const misses: string[] = []
  for (const fault of faultNames) {
    const rows: string[][] = []
    for (const name of namesIn(values.only)) {
      const played = await playFault(name, fault, keys, Number(values.rate))
      rows.push(played instanceof Error ? [name, played.message] : cells(played))
      if (name === 'holdfast' && keys === 'cold') misses.push(...missed(played).map((text) => `${fault}: ${text}`))
    }
    const render = values.md ? markdownTable : renderTable
    console.log(`Redis ${fault}, ${values.rate} requests a second on ${keys} keys\n\n${render(columns, rows)}\n`)
  }
  for (const text of misses) console.log(`missed: ${text}`)
  return misses.length === 0 ? ExitCode.pass : ExitCode.fail
}

function namesIn(list: string): readonly ContenderName[] {
  return list.split(',').map((name) => {
    const known = contenderNames.find((one) => one === name)
    if (known === undefined)
      throw new UsageError(`There is no contender ${name}. There are ${contenderNames.join(', ')}.`)
    return known
  })
}

function cells({ contender, before, during, after, normalAfterMs, stalledMs }: Played): string[] {
  const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`
  return [
    contender,
    `${during.errors + after.errors} of ${during.requests + after.requests}`,
    ms(before.p50Ms),
    ms(during.p50Ms),
    ms(during.p99Ms),
    ms(during.maxMs),
    ms(after.p99Ms),
    ms(normalAfterMs),
    [before, during, after].map((one) => one.mostQueries).join(', '),
    ms(stalledMs),
  ]
}

function missed(played: Played | Error): readonly string[] {
  if (played instanceof Error) return [played.message]
  const { before, during, after, normalAfterMs, firstError } = played
  const goals: readonly (readonly [isMet: boolean, text: string])[] = [
    [during.errors + after.errors === 0, `${during.errors + after.errors} requests failed (${firstError})`],
    [
      during.p50Ms <= before.p50Ms * 1.2,
      `p50 ${during.p50Ms.toFixed(1)} ms is over 1.2 × ${before.p50Ms.toFixed(1)} ms`,
    ],
    [during.p99Ms <= boundMs * 1.2, `p99 ${Math.round(during.p99Ms)} ms is over ${boundMs * 1.2} ms`],
    [during.maxMs <= boundMs * 2, `max ${Math.round(during.maxMs)} ms is over ${boundMs * 2} ms`],
    [normalAfterMs <= 300, `latency is normal again after ${normalAfterMs} ms`],
  ]
  return goals.filter(([isMet]) => !isMet).map(([, text]) => text)
}
