import { leastPrivilege, type RedisRight } from 'holdfast'
import type { Finding, Level } from './finding.ts'

/** What is lost without a command. */
const needs: Readonly<Record<string, readonly [level: Level, loss: string]>> = {
  GET: ['error', 'nothing can be read'],
  MGET: ['error', 'nothing can be read in batches'],
  SET: ['error', 'nothing can be stored'],
  UNLINK: ['error', 'nothing can be invalidated'],
  EVAL: ['warning', 'what is loaded is kept in memory only'],
  EVALSHA: ['warning', 'what is loaded is kept in memory only'],
  'SCRIPT LOAD': ['note', 'scripts are sent whole'],
  GETRANGE: ['warning', 'what is loaded is kept in memory only'],
  SETRANGE: ['warning', 'what is loaded is kept in memory only'],
  STRLEN: ['warning', 'what is loaded is kept in memory only'],
  PTTL: ['warning', 'what is loaded is kept in memory only'],
  TYPE: ['warning', 'what is loaded is kept in memory only'],
  SISMEMBER: ['warning', 'what is loaded is kept in memory only'],
  SADD: ['error', 'after a restart of Redis it cannot be used'],
  SCARD: ['note', 'after a restart of Redis what is loaded may be kept in memory only'],
  'CLUSTER NODES': ['error', 'the nodes of the Cluster are not found'],
  'CLUSTER MYID': ['error', 'no node of the Cluster can be used'],
  ASKING: ['warning', 'keys whose slot is on its way are misses'],
  PUBLISH: ['warning', 'other processes serve what this one invalidates until their copies end'],
  SCAN: ['warning', '`holdfast keys` does not work, and invalidateMatching ends everything, a while later'],
  PEXPIRE: ['warning', 'what is loaded is kept in memory only, and tags end before the entries that carry them'],
  'CLIENT ID': ['warning', 'a write that timed out may land late'],
  'CLIENT KILL': ['warning', 'a write that timed out may land late'],
  INFO: ['warning', 'a restart from an older file goes unnoticed'],
  TIME: ['warning', "entries live by this machine's clock"],
}

export function rightsFindings(rights: readonly RedisRight[], prefix: string): readonly Finding[] {
  const refused = rights.filter((right) => right.refused !== undefined)
  if (refused.length === 0)
    return [{ check: 'rights', level: 'ok', message: `every command that the store needs, under '${prefix}'` }]
  return refused.map(({ command, refused: why }, index) => {
    const [level, loss] = needs[command] ?? ['note', 'it is not needed by itself']
    return {
      check: 'rights',
      level,
      message: `${command} is refused (${why}): ${loss}.`,
      // Once: the rule is for all of them.
      ...(index === 0 ? { advice: `ACL SETUSER <user> ${leastPrivilege(prefix)}` } : {}),
    }
  })
}
