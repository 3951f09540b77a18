import { InvalidOptionError, parseDuration } from '@holdfast/core'
import { tryHostileBytes } from '@holdfast/testing'
import { describe, expect, it } from 'vitest'
import { parseEnvironment, type Environment } from '../../src/environment.ts'
import { toDuration } from '../../src/seconds.ts'
import type { Variables } from '../../src/variables.ts'

const samples: Readonly<Record<string, readonly string[]>> = {
  REDIS_URL: ['redis://app:s3cret-s3cret@cache:6380/1', 'rediss://[::1]:7000', 'redis://:p%40ss@cache?family=6'],
  REDIS_HOST: ['cache.example', '127.0.0.1', '[::1]', '::ffff:10.0.0.1'],
  REDIS_PORT: ['6379', 'tcp://10.0.0.1:6379'],
  REDIS_USERNAME: ['app', 'a@b:c/d%'],
  REDIS_PASSWORD: ['s3cret-s3cret', ' spaced : and @ '],
  REDIS_DB: ['0', '15'],
  REDIS_TLS: ['true', 'off'],
  REDIS_CLUSTER_NODES: ['a:7000, [::1]:7001,c'],
  REDIS_SENTINELS: ['s1,s2:26380'],
  REDIS_KEY_PREFIX: ['shop:', '{a}'],
  CACHE_DEFAULT_TTL: ['3600', '1'],
  CACHE_MAX_MEMORY: ['64mb', '1048576', '1.5gb'],
  CACHE_WARM_INTERVAL: ['0', '1800'],
  CACHE_WARM_ON_START: ['yes', '0'],
  SKIP_CACHE_DEV: ['true'],
  CACHE_DEBUG: ['on', 'false'],
}

/** What is parsed; `undefined` for what is refused by the error that is documented, which names the variable and no password. */
function parsed(variables: Variables): Environment | undefined {
  try {
    return parseEnvironment(variables)
  } catch (error) {
    if (!(error instanceof InvalidOptionError)) throw error
    const named = /environment variable (\w+) /.exec(error.message)?.[1]
    if (named !== 'REDIS_SENTINEL_NAME' && (named === undefined || variables[named] === undefined))
      throw new Error(`It names ${named}, which is not set.`, { cause: error })
    if (error.message.includes('s3cret')) throw new Error('It shows the password.', { cause: error })
    return undefined
  }
}

function check(variables: Variables): void {
  const environment = parsed(variables)
  if (environment === undefined) return
  const { redis, prefix, defaultTtlSeconds, maxMemoryBytes, warmTimes } = environment
  parseDuration('ttl', toDuration('ttl', defaultTtlSeconds))
  if (prefix === '' || defaultTtlSeconds < 1) throw new Error('It has no prefix, or nothing is kept.')
  if (maxMemoryBytes !== undefined && !(Number.isSafeInteger(maxMemoryBytes) && maxMemoryBytes > 0))
    throw new Error(`Memory is bounded by ${maxMemoryBytes} bytes.`)
  if (warmTimes.intervalSeconds === 0) throw new Error('It is warmed all the time.')
  if (typeof redis === 'string') checkUrl(new URL(redis), variables)
  else if (redis !== undefined)
    for (const { host, port } of 'cluster' in redis ? redis.cluster : redis.sentinels)
      if (!URL.canParse(`redis://${host.includes(':') ? `[${host}]` : host}:${port}`))
        throw new Error(`It is at ${host}.`)
}

/** What it says of the login is what the variables say. */
function checkUrl(url: URL, variables: Variables): void {
  const given = URL.canParse(variables['REDIS_URL']?.trim() ?? '') ? new URL(variables['REDIS_URL']!.trim()) : undefined
  const password = decodeURIComponent(url.password)
  const expected = given?.password ? decodeURIComponent(given.password) : (variables['REDIS_PASSWORD'] ?? '')
  if (password !== expected) throw new Error(`Its password is ${password}.`)
  const username = decodeURIComponent(url.username)
  const user = given?.username ? decodeURIComponent(given.username) : (variables['REDIS_USERNAME']?.trim() ?? '')
  if (username !== user) throw new Error(`Its user is ${username}.`)
  if (!/^(?:\/\d*)?$/.test(url.pathname)) throw new Error(`Its database is ${url.pathname}.`)
}

describe('a variable of the environment', () => {
  it.each(Object.entries(samples))('has a meaning or is refused by name: %s', (name, texts) => {
    const tried = { samples: texts.map((text) => Buffer.from(text)), count: 1_500 }

    expect(() =>
      tryHostileBytes(tried, (bytes) => {
        // As the operating system has it: without zeros.
        const text = bytes.toString().replaceAll('\0', '')
        check({ REDIS_SENTINEL_NAME: 'main', [name]: text })
        if (/USERNAME|PASSWORD|DB|TLS|PORT/.test(name)) {
          check({ REDIS_URL: 'redis://cache:7000', [name]: text })
          check({ REDIS_HOST: 'cache', REDIS_PASSWORD: 's3cret', [name]: text })
        }
      }),
    ).not.toThrow()
  })
})
