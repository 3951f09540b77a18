import { createHash } from 'node:crypto'
import type { Command } from './link.ts'

/** A Lua script that the server keeps by its hash. */
export interface Script {
  readonly name: string
  readonly source: string
  readonly sha: string
}

/**
 * The current epoch. Makes a new one, and announces it, when there is none, or when this incarnation of the server has not been
 * seen before (what it holds may be older than what was acknowledged), unless it is to be believed all the same.
 * KEYS epoch, runs · ARGV run id, fresh epoch, channel, announcement, 1 to believe a server that was not seen before
 */
export const hello: Script = script(
  'hello',
  `
local epoch = redis.call('TYPE', KEYS[1])['ok'] == 'string' and redis.call('GET', KEYS[1]) or ''
local kind = redis.call('TYPE', KEYS[2])['ok']
local isSet = kind == 'set'
if #epoch == 8 and isSet and redis.call('SISMEMBER', KEYS[2], ARGV[1]) == 1 then return epoch end
local isBelieved = ARGV[5] == '1' and #epoch == 8
if kind ~= 'none' and (not isSet or redis.call('SCARD', KEYS[2]) >= 1000) then redis.call('UNLINK', KEYS[2]) end
if not isBelieved then redis.call('SET', KEYS[1], ARGV[2]) end
redis.call('SADD', KEYS[2], ARGV[1])
if isBelieved then return epoch end
redis.pcall('PUBLISH', ARGV[3], ARGV[4])
return ARGV[2]`,
)

/**
 * Stores what was loaded where the token still stands. Returns 1 or 0 for each key.
 * KEYS keys · ARGV for each: token, entry, life in ms
 */
export const fill: Script = script(
  'fill',
  `
local stored = {}
for i, key in ipairs(KEYS) do
  stored[i] = 0
  if redis.pcall('GETRANGE', key, 0, 8) == ARGV[3 * i - 2] then
    redis.call('SET', key, ARGV[3 * i - 1], 'PX', ARGV[3 * i])
    stored[i] = 1
  end
end
return stored`,
)

/** Ends an update: stores where the token still stands, else removes. KEYS key · ARGV token, entry, life in ms */
export const settle: Script = script(
  'settle',
  `
if redis.pcall('GETRANGE', KEYS[1], 0, 8) == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
  return 1
end
redis.call('UNLINK', KEYS[1])
return 0`,
)

/** Gives leases back. KEYS keys · ARGV a token for each */
export const release: Script = script(
  'release',
  `
for i, key in ipairs(KEYS) do
  if redis.pcall('GETRANGE', key, 0, 8) == ARGV[i] then redis.call('UNLINK', key) end
end
return 1`,
)

/** Writes unconditionally. KEYS keys · ARGV for each: entry, life in ms */
export const setMany: Script = script(
  'setMany',
  `
for i, key in ipairs(KEYS) do redis.call('SET', key, ARGV[2 * i - 1], 'PX', ARGV[2 * i]) end
return 1`,
)

/**
 * Makes entries stale, under a new id: a refresh under way began before. A lease goes: so did its load.
 * KEYS keys · ARGV now as an entry holds it, a new id for each key
 */
export const expire: Script = script(
  'expire',
  `
local function number(bytes)
  local sum = 0
  for i = 1, #bytes do sum = sum * 256 + string.byte(bytes, i) end
  return sum
end
for i, key in ipairs(KEYS) do
  local head = redis.pcall('GETRANGE', key, 0, 31)
  if type(head) == 'string' and #head >= 10 and string.byte(head) == 193 then
    local kind = string.byte(head, 10)
    if kind == 255 or kind == 254 then
      redis.call('UNLINK', key)
    elseif kind == 1 and #head == 32 then
      redis.call('SETRANGE', key, 1, ARGV[i + 1])
      if number(string.sub(head, 27, 32)) > number(ARGV[1]) then redis.call('SETRANGE', key, 26, ARGV[1]) end
    end
  end
end
return 1`,
)

/** Puts a lease in the place of what is not ours; what is ours is returned. KEYS key · ARGV lease, life in ms */
export const claim: Script = script(
  'claim',
  `
local head = redis.pcall('GETRANGE', KEYS[1], 0, 8)
if type(head) == 'string' and #head == 9 and string.byte(head) == 193 then return redis.call('GET', KEYS[1]) end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return false`,
)

/** Removes strings that are larger. Returns how many. KEYS keys · ARGV bytes */
export const removeLarger: Script = script(
  'removeLarger',
  `
local removed = 0
for _, key in ipairs(KEYS) do
  local length = redis.pcall('STRLEN', key)
  if type(length) == 'number' and length > tonumber(ARGV[1]) then
    redis.call('UNLINK', key)
    removed = removed + 1
  end
end
return removed`,
)

/** All of them, to be loaded when a session opens. */
export const scripts: readonly Script[] = [hello, fill, settle, release, setMany, expire, claim, removeLarger]

/** The command that runs a script by its hash. */
export function run(script: Script, keys: readonly string[], args: readonly (string | Uint8Array)[]): Command {
  return ['EVALSHA', script.sha, String(keys.length), ...keys, ...args]
}

/** The same command with the script's source, for a server that has lost it. */
export function withSource(command: Command): Command {
  const [, sha, ...rest] = command
  const found = scripts.find((script) => script.sha === sha)
  return found === undefined ? command : ['EVAL', found.source, ...rest]
}

function script(name: string, source: string): Script {
  const trimmed = source.trim()
  return { name, source: trimmed, sha: createHash('sha1').update(trimmed).digest('hex') }
}
