import { spawnSync, type SpawnSyncReturns } from 'node:child_process'

/** Whether Prometheus' own checker is on this machine (Debian's package `prometheus` has it). */
export const hasPromtool: boolean = spawnSync('promtool', ['--version']).status === 0

if (!hasPromtool) console.log('skipped: no promtool here (it comes with the Debian package prometheus)')

export function promtool(
  args: readonly string[],
  options: { input?: string; cwd?: string } = {},
): SpawnSyncReturns<string> {
  return spawnSync('promtool', args, { encoding: 'utf8', ...options })
}
