import type { ApiMode } from './cache.ts'
import type { Seeding } from './database/seed.ts'

/** How an API process is set up: by its environment, as an application is. */
export interface Settings {
  /** @default 3002 */
  readonly port: number
  /** @default tiered */
  readonly mode: ApiMode
  /** A database to share with other processes; absent: a copy of its own. */
  readonly databasePath: string | undefined
  /** How many processes share the port. @default 1 */
  readonly processes: number
  /** @default seed 1, 100 000 leads */
  readonly seeding: Seeding
}

const modes: readonly ApiMode[] = ['off', 'memory', 'redis', 'tiered', 'naive', 'leaky']

/** Reads `PORT`, `CACHE`, `DATABASE`, `PROCESSES`, `SEED` and `ROWS`. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const mode = (env['CACHE'] ?? 'tiered') as ApiMode
  if (!modes.includes(mode)) throw new Error(`Expected CACHE to be one of ${modes.join(', ')}, got ${mode}.`)
  return {
    port: wholeNumber('PORT', env['PORT'], 3_002),
    mode,
    databasePath: env['DATABASE'],
    processes: wholeNumber('PROCESSES', env['PROCESSES'], 1),
    seeding: { seed: wholeNumber('SEED', env['SEED'], 1), rows: wholeNumber('ROWS', env['ROWS'], 100_000) },
  }
}

function wholeNumber(name: string, text: string | undefined, byDefault: number): number {
  if (text === undefined || text === '') return byDefault
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new Error(`Expected ${name} to be a whole number, got ${text}.`)
}
