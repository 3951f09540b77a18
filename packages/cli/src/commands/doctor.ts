import { describePlace, examineCluster, examineRedis } from 'holdfast'
import { findRedis, type RedisFlags, type RedisPlace } from '../connection.ts'
import { clusterFindings } from '../doctor/cluster-findings.ts'
import type { Finding, Level } from '../doctor/finding.ts'
import { findingsOf } from '../doctor/findings.ts'
import { ExitCode } from '../exit-code.ts'
import type { Output } from '../output.ts'
import { reasonOf } from '../reason.ts'

export interface DoctorFlags extends RedisFlags {
  /** A warning counts as a failure, too. */
  readonly strict?: boolean
}

/** Examines a Redis as the application would use it, with advice for each finding. */
export async function doctor(flags: DoctorFlags, output: Output): Promise<number> {
  const place = findRedis(flags)
  const findings = await examine(place).catch((error: unknown): readonly Finding[] => [
    unreachable(describePlace(place.server), error),
  ])
  output.result({ findings }, () => findings.map(show).join('\n'))
  const isBad = (level: Level): boolean => level === 'error' || (flags.strict === true && level === 'warning')
  if (findings.some(({ check, level }) => check === 'connection' && level === 'error')) return ExitCode.unreachable
  return findings.some(({ level }) => isBad(level)) ? ExitCode.no : ExitCode.ok
}

async function examine(place: RedisPlace): Promise<readonly Finding[]> {
  const { server, prefix } = place
  if (typeof server === 'object' && 'cluster' in server)
    return clusterFindings(await examineCluster(server, { prefix }), place)
  return findingsOf(await examineRedis(server, { prefix }), place)
}

function unreachable(where: string, error: unknown): Finding {
  const reason = reasonOf(error)
  const advice = /WRONGPASS|NOAUTH|AUTH/.test(reason)
    ? 'Check REDIS_PASSWORD and REDIS_USERNAME; in REDIS_URL, special characters of the password are written as %XX.'
    : /ENOTFOUND|EAI_AGAIN/.test(reason)
      ? 'The name is not known here: check REDIS_HOST, and the DNS of this machine.'
      : 'Is the server running, its address and port right, and the way to it open (firewall, security group, bind, TLS)?'
  return { check: 'connection', level: 'error', message: `Redis at ${where} cannot be used: ${reason}`, advice }
}

const marks: Readonly<Record<Level, string>> = {
  ok: '  ok     ',
  note: '  note   ',
  warning: '! warning',
  error: 'X error  ',
}

function show({ check, level, message, advice, node }: Finding): string {
  const line = `${marks[level]}  ${check.padEnd(13)}  ${node === undefined ? message : `${node}: ${message}`}`
  return advice === undefined ? line : `${line}\n${' '.repeat(26)}→ ${advice}`
}
