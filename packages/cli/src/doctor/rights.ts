import type { RedisRight } from 'holdfast'
import type { Finding, Level } from './finding.ts'

/** What is lost without a command. Others are not needed by themselves. */
const needs: Readonly<Record<string, readonly [level: Level, loss: string]>> = {
  GET: ['error', 'nothing can be read'],
  MGET: ['error', 'nothing can be read in batches'],
  SET: ['error', 'nothing can be stored'],
  UNLINK: ['error', 'nothing can be invalidated'],
  EVAL: ['warning', 'what is loaded is kept in memory only'],
  EVALSHA: ['warning', 'what is loaded is kept in memory only'],
  'SCRIPT LOAD': ['note', 'scripts are sent whole'],
  GETRANGE: ['warning', 'what is loaded is kept in memory only'],
  PUBLISH: ['warning', 'other processes serve what this one invalidates until their copies end'],
  SCAN: ['warning', 'invalidateMatching and `holdfast keys` do not work'],
  PEXPIRE: ['warning', 'tags end before the entries that carry them, which are then misses'],
  'CLIENT ID': ['warning', 'a write that timed out may land late'],
  'CLIENT KILL': ['warning', 'a write that timed out may land late'],
  INFO: ['warning', 'a restart from an older file goes unnoticed'],
  TIME: ['warning', "entries live by this machine's clock"],
}

/** What a user of the cache must be allowed, as an ACL rule of Redis. */
export function aclRule(prefix: string): string {
  return `~${prefix}* &${prefix}~!* +@read +@write +@scripting +@pubsub +@connection -@dangerous +info +time +client|kill`
}

export function rightsFindings(rights: readonly RedisRight[], prefix: string): readonly Finding[] {
  const refused = rights.filter((right) => right.refused !== undefined)
  if (refused.length === 0) return [{ check: 'rights', level: 'ok', message: 'every command that the store needs' }]
  return refused.map(({ command, refused: why }, index) => {
    const [level, loss] = needs[command] ?? ['note', 'it is not needed by itself']
    return {
      check: 'rights',
      level,
      message: `${command} is refused (${why}): ${loss}.`,
      // Once: the rule is for all of them.
      ...(index === 0 ? { advice: `ACL SETUSER <user> ${aclRule(prefix)}` } : {}),
    }
  })
}
