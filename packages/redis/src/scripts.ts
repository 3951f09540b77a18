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
 * Stores what was loaded where the token still stands. Returns 1 or 0 for each key. Who waits for it is told; of a lock that stands no
 * more it is not known whether anybody does.
 * KEYS keys · ARGV for each: token, entry, life in ms, 1 for a lock; then the channel to tell
 */
export const fill: Script = script(
  'fill',
  `
local stored = {}
for i, key in ipairs(KEYS) do
  stored[i] = 0
  local head = redis.pcall('GETRANGE', key, 0, 11)
  local isTold = ARGV[4 * i] == '1'
  if type(head) == 'string' and string.sub(head, 1, 9) == ARGV[4 * i - 3] then
    isTold = string.byte(head, 10) == 254 or (string.byte(head, 10) == 1 and (string.byte(head, 12) or 0) >= 4)
    redis.call('SET', key, ARGV[4 * i - 2], 'PX', ARGV[4 * i - 1])
    stored[i] = 1
  end
  if isTold then redis.pcall('PUBLISH', ARGV[#ARGV], key) end
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

/** Gives leases back, and tells who waits for them; of an entry, its lock. KEYS keys · ARGV a token for each, the channel to tell */
export const release: Script = script(
  'release',
  `
for i, key in ipairs(KEYS) do
  local head = redis.pcall('GETRANGE', key, 0, 11)
  if type(head) == 'string' and string.sub(head, 1, 9) == ARGV[i] then
    local kind = string.byte(head, 10)
    if kind ~= 1 then
      redis.call('UNLINK', key)
      if kind == 254 then redis.pcall('PUBLISH', ARGV[#ARGV], key) end
    elseif (string.byte(head, 12) or 0) >= 2 then
      redis.call('SETRANGE', key, redis.call('STRLEN', key) - 14, string.rep('\\0', 6))
      redis.call('SETRANGE', key, 11, '\\2')
      if string.byte(head, 12) >= 4 then redis.pcall('PUBLISH', ARGV[#ARGV], key) end
    end
  end
end
return 1`,
)

/**
 * Takes the right to load a key alone. What nobody may serve is replaced by a lease with its holder's name; an entry that may yet be
 * served stays, and is locked at its end, under a new id. Returns 1 when it was taken; `{ ms, head, holder }` of another's lease or lock, which
 * is marked as waited for; what else stands there.
 * KEYS key · ARGV lease (10 bytes), its holder (8), its length in ms, token that was seen, 1 to let what was seen stay
 */
export const contend: Script = script(
  'contend',
  `
local function number(bytes)
  local sum = 0
  for i = 1, #bytes do sum = sum * 256 + string.byte(bytes, i) end
  return sum
end
local key, lease, holder, ms = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3])
local head = redis.pcall('GETRANGE', key, 0, 17)
if type(head) ~= 'string' or #head < 10 or string.byte(head) ~= 193 then
  redis.call('SET', key, lease .. holder, 'PX', ms)
  return 1
end
local kind = string.byte(head, 10)
if kind == 255 or kind == 254 then
  local other = string.sub(head, 11, 18)
  if other == holder then
    redis.call('SET', key, string.sub(lease, 1, 9) .. string.char(kind) .. holder, 'PX', ms)
    return 1
  end
  if other ~= '' and kind == 255 then redis.call('SETRANGE', key, 9, '\\254') end
  return { redis.call('PTTL', key), string.sub(head, 1, 10), other }
end
local isSeen = string.sub(head, 1, 9) == ARGV[4]
if ARGV[5] ~= '1' then
  if not isSeen then return redis.call('GET', key) end
  redis.call('SET', key, lease .. holder, 'PX', ms)
  return 1
end
local flags = string.byte(head, 12) or 8
if kind ~= 1 or flags >= 8 then return redis.call('GET', key) end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local length = redis.call('STRLEN', key)
local lock = flags >= 2 and redis.call('GETRANGE', key, length - 14, length - 1) or ''
local other = string.sub(lock, 7)
local left = lock == '' and 0 or number(string.sub(lock, 1, 6)) - now
if left > 0 and other ~= holder then
  if flags < 4 then redis.call('SETRANGE', key, 11, '\\6') end
  return { left, string.sub(head, 1, 10), other }
end
if not isSeen then return redis.call('GET', key) end
local till, bytes = now + ms, ''
for _ = 1, 6 do
  bytes = string.char(till % 256) .. bytes
  till = math.floor(till / 256)
end
redis.call('SETRANGE', key, 1, string.sub(lease, 2, 9))
if lock == '' then
  redis.call('SETRANGE', key, length, bytes .. holder)
  redis.call('SETRANGE', key, 11, '\\2')
else
  redis.call('SETRANGE', key, length - 14, bytes .. holder)
end
return 1`,
)

/** Lets leases and locks last longer. KEYS keys · ARGV a token for each, the length from now in ms */
export const renew: Script = script(
  'renew',
  `
local ms = tonumber(ARGV[#ARGV])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
for i, key in ipairs(KEYS) do
  local head = redis.pcall('GETRANGE', key, 0, 11)
  if type(head) == 'string' and string.sub(head, 1, 9) == ARGV[i] then
    if string.byte(head, 10) ~= 1 then
      redis.call('PEXPIRE', key, ms)
    elseif (string.byte(head, 12) or 0) >= 2 then
      local till, bytes = now + ms, ''
      for _ = 1, 6 do
        bytes = string.char(till % 256) .. bytes
        till = math.floor(till / 256)
      end
      redis.call('SETRANGE', key, redis.call('STRLEN', key) - 14, bytes)
    end
  end
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
 * Makes entries stale, under a new id: a refresh under way began before, and its lock goes. A lease goes: so did its load.
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
      if string.byte(head, 12) >= 2 then
        redis.call('SETRANGE', key, redis.call('STRLEN', key) - 14, string.rep('\\0', 6))
        redis.call('SETRANGE', key, 11, '\\2')
      end
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
export const scripts: readonly Script[] = [
  hello,
  fill,
  settle,
  release,
  contend,
  renew,
  setMany,
  expire,
  claim,
  removeLarger,
]

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
