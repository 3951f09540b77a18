import { paint } from '../report/paint.ts'
import { type Column, renderTable } from '../report/table.ts'
import { formatMs, formatRatio } from '../report/units.ts'
import { median } from '../stats/quantile.ts'
import type { CaseResult, CompareResult, ContenderResult, GoalResult, Ratio } from './result.ts'

const barWidth = 24

/** The columns of a case, for the terminal and for Markdown. */
export const caseColumns: readonly Column[] = [
  { title: '' },
  { title: 'time/op', align: 'right' },
  { title: 'ratio', align: 'right' },
  { title: 'interval', align: 'right' },
  { title: 'cpu/op', align: 'right' },
  { title: 'cpu ratio', align: 'right' },
  { title: 'bytes', align: 'right' },
  { title: 'goal' },
]

/** The cells of a contender, without colours. */
export function caseRow(result: CaseResult, contender: ContenderResult): readonly string[] {
  const isBaseline = contender.name === result.baseline
  const { time, cpu } = contender.ratio
  const goals = result.goals.filter(({ ours }) => ours === contender.name).map(describeGoal)
  return [
    contender.name,
    formatMs(median(contender.times)),
    isBaseline ? '1' : formatRatio(time.value),
    isBaseline ? '' : formatInterval(time),
    formatMs(median(contender.cpus)),
    isBaseline ? '1' : formatRatio(cpu.value),
    contender.bytes === undefined ? '' : contender.bytes.toLocaleString('en'),
    goals.join(' · '),
  ]
}

/** `0.43–0.47`, with `≈` where nothing tells the two apart; nothing where too few processes ran. */
export function formatInterval({ low, high }: Ratio): string {
  if (Number.isNaN(low)) return ''
  const interval = `${formatRatio(low)}–${formatRatio(high)}`
  return low <= 1 && high >= 1 ? `≈ ${interval}` : interval
}

/** `cpu ≤ 1.25 × ioredis: met (1.12)`; a tilde where the interval lies on both sides of the bound. */
export function describeGoal({ metric, atMost, against, observed, isMet, isClear }: GoalResult): string {
  return `${metric} ≤ ${formatRatio(atMost)} × ${against}: ${isMet ? 'met' : 'missed'}${isClear ? '' : ' ~'} (${formatRatio(observed.value)})`
}

/** A case as it is printed when all its processes have ended. */
export function renderCase(result: CaseResult): string {
  const slowest = Math.max(...result.contenders.map(({ times }) => median(times)))
  const rows = result.contenders.map((contender) => {
    const [name = '', ...cells] = caseRow(result, contender)
    const goal = cells.pop() ?? ''
    const isOurs = name.startsWith('holdfast')
    const bar = paint(isOurs ? 'cyan' : 'dim', barOf(median(contender.times) / slowest))
    return [isOurs ? paint('cyan', name) : name, ...cells, paintGoal(goal), bar]
  })
  const columns = [...caseColumns, { title: '' }]
  const unable = Object.entries(result.unable).map(([name, reason]) => paint('yellow', `  ${name}: ${reason}`))
  const head = `${paint('bold', result.id)}  ${paint('dim', result.title)}`
  return [head, renderTable(columns, rows), ...unable, ''].join('\n')
}

/** One line for each goal that is missed, and how many are met. */
export function renderGoals(result: CompareResult): string {
  const goals = result.cases.flatMap((one) => one.goals.map((goal) => ({ id: one.id, goal })))
  if (goals.length === 0) return ''
  const missed = goals.filter(({ goal }) => !goal.isMet)
  const lines = missed.map(({ id, goal }) => paint('yellow', `  ${id}  ${goal.ours}  ${describeGoal(goal)}`))
  return [`${goals.length - missed.length} of ${goals.length} goals met`, ...lines].join('\n')
}

function paintGoal(goal: string): string {
  if (goal === '') return ''
  return paint(goal.includes('missed') ? 'yellow' : 'green', goal)
}

/** A bar of at least one mark. */
function barOf(share: number): string {
  return '▇'.repeat(Math.max(1, Math.round(share * barWidth)))
}
