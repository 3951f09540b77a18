import type { CacheHealth, CacheStats } from 'holdfast'
import { CliError, ExitCode } from './exit-code.ts'
import { reasonOf } from './reason.ts'
import { readVariables } from './variables.ts'

/** What every command that talks to an application takes. */
export interface AppFlags {
  readonly url?: string
  readonly token?: string
  readonly envFile?: string
}

/** What the status route of an application says. */
export interface StatusPage extends CacheHealth {
  readonly stats?: CacheStats
  readonly timestamp: string
}

/** The address of the status route: by `--url`, else by `CACHE_STATUS_URL`. */
export function findApp({ url, envFile }: AppFlags): string {
  const found = url ?? readVariables(envFile)['CACHE_STATUS_URL']
  if (found === undefined || found === '')
    throw new CliError(
      ExitCode.usage,
      'Where is the application? Say --url http://localhost:3000/api/cache-status, or set CACHE_STATUS_URL.',
    )
  if (URL.canParse(found) && /^https?:$/.test(new URL(found).protocol)) return found
  throw new CliError(ExitCode.usage, 'Expected --url to be the http(s) address of a status route.')
}

const howToMakeOne = 'One is made by statusRoute(cache) of holdfast, or is the cacheStatus of a kit.'

/** Reads the status route. An unhealthy cache answers, too. */
export async function readStatus(url: string): Promise<StatusPage> {
  const { body } = await ask(url, { method: 'GET' })
  if (typeof body['status'] === 'string' && typeof body['timestamp'] === 'string') return body as unknown as StatusPage
  throw new CliError(ExitCode.unreachable, `${url} answers, but is no status route of Holdfast. ${howToMakeOne}`)
}

/** Has the application do something. */
export async function command(flags: AppFlags, action: object): Promise<Record<string, unknown>> {
  const url = findApp(flags)
  const token = flags.token ?? readVariables(flags.envFile)['CACHE_ADMIN_TOKEN']
  const { status, body } = await ask(url, {
    method: 'POST',
    body: JSON.stringify(action),
    headers: {
      'content-type': 'application/json',
      ...(token === undefined || token === '' ? {} : { authorization: `Bearer ${token}` }),
    },
  })
  if (status === 200 || status === 202) return body
  const why = typeof body['error'] === 'string' ? body['error'] : `it answered ${status}.`
  throw new CliError(status === 400 ? ExitCode.usage : ExitCode.unreachable, `The application refused: ${why}`)
}

async function ask(url: string, init: RequestInit): Promise<{ status: number; body: Record<string, unknown> }> {
  let response: Response
  try {
    response = await fetch(url, init)
  } catch (error) {
    throw new CliError(ExitCode.unreachable, `${url} cannot be reached: ${reasonOf(error)}`)
  }
  try {
    const body: unknown = await response.json()
    if (typeof body === 'object' && body !== null)
      return { status: response.status, body: body as Record<string, unknown> }
  } catch {
    // No JSON.
  }
  throw new CliError(
    ExitCode.unreachable,
    `${url} answered ${response.status} without JSON: is it the status route? ${howToMakeOne}`,
  )
}
