import { paint } from '@holdfast/bench/report/paint'
import { paintOutcome, renderPlayed } from '../report/print.ts'
import type { Screen } from '../report/screen.ts'
import { play } from '../scenarios/play.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import type { RunOptions } from './options.ts'
import type { PlayedControl, RunFindings } from './result.ts'

/** Plays what was chosen, one scenario after the other, and shows each as it ends. */
export async function playScenarios(
  options: Pick<RunOptions, 'chosen' | 'settings' | 'withControls'>,
  screen: Screen,
  ending: AsyncDisposableStack,
): Promise<RunFindings> {
  const startedAt = Date.now()
  const scenarios = []
  for (const { scenario, plan } of options.chosen) {
    screen.line(`\n${paint('bold', scenario.name)}  ${paint('dim', scenario.title)}\n`)
    const playing = { plan, settings: options.settings, screen, ending }
    const played = await play(scenario, { ...playing, mode: 'tiered' })
    screen.line(`\n${renderPlayed(played)}`)
    screen.line(`  ${paintOutcome(played.outcome)} in ${(played.durationMs / 1_000).toFixed(1)} s`)
    const control = options.withControls ? await playControl(scenario, playing) : undefined
    scenarios.push({ played, control })
  }
  const { settings } = options
  return { settings, scenarios, startedAt, durationMs: Date.now() - startedAt }
}

/** Plays what must fail. */
async function playControl(
  scenario: Scenario,
  playing: Omit<Parameters<typeof play>[1], 'mode'>,
): Promise<PlayedControl> {
  const { title, mode, mustFail } = scenario.control
  playing.screen.line(`\n  ${paint('bold', 'control')}  ${title}\n`)
  const played = await play(scenario, { ...playing, mode })
  const broken = new Set(played.lines.filter((line) => !line.isMet).map(({ metric }) => metric))
  const isBroken = mustFail.every((metric) => broken.has(metric))
  const said = isBroken
    ? paint('green', 'fails, as it must')
    : paint('red', 'does not fail, so the scenario shows nothing')
  playing.screen.line(`\n${renderPlayed(played)}\n  ${said}`)
  return { title, played, mustFail, isBroken }
}
