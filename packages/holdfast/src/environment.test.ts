import { describe, expect, it } from 'vitest'
import { parseEnvironment } from './environment.ts'
import { describePlace } from './redis-places.ts'

describe('parseEnvironment', () => {
  it('has a default for everything', () => {
    expect(parseEnvironment({})).toEqual({
      redis: undefined,
      prefix: 'holdfast:',
      defaultTtlSeconds: 3_600,
      maxMemoryBytes: undefined,
      isBypassed: false,
      isDebugging: false,
      warmTimes: { isOnStart: false, intervalSeconds: undefined },
      adminToken: undefined,
    })
  })

  it('takes an empty variable as absent', () => {
    expect(parseEnvironment({ REDIS_URL: '', REDIS_HOST: ' ', CACHE_DEFAULT_TTL: '', CACHE_MAX_MEMORY: '' })).toEqual(
      parseEnvironment({}),
    )
  })

  it.each([
    [{ REDIS_URL: 'redis://cache:6380/2' }, 'redis://cache:6380/2'],
    [{ REDIS_URL: 'redis://cache', REDIS_PASSWORD: 'p w@/:' }, 'redis://:p%20w%40%2F%3A@cache'],
    [{ REDIS_URL: 'redis://:own@cache', REDIS_PASSWORD: 'other' }, 'redis://:own@cache'],
    [{ REDIS_URL: 'redis://cache', REDIS_TLS: 'true', REDIS_DB: '3' }, 'rediss://cache/3'],
    [{ REDIS_URL: 'redis://url', REDIS_HOST: 'host' }, 'redis://url'],
    [{ REDIS_HOST: 'cache' }, 'redis://cache:6379'],
    [
      { REDIS_HOST: 'cache', REDIS_PORT: '6380', REDIS_USERNAME: 'app', REDIS_PASSWORD: 's' },
      'redis://app:s@cache:6380',
    ],
    [{ REDIS_HOST: '::1' }, 'redis://[::1]:6379'],
    // Kubernetes sets it for a service called redis; without a host it means nothing.
    [{ REDIS_PORT: 'tcp://10.0.0.1:6379' }, undefined],
  ])('finds Redis in %o', (variables, url) => {
    expect(parseEnvironment(variables).redis).toBe(url)
  })

  it.each([
    [
      { REDIS_CLUSTER_NODES: 'a:7000, [::1]:7001,c', REDIS_USERNAME: 'app', REDIS_PASSWORD: 'p', REDIS_TLS: '1' },
      {
        cluster: [
          { host: 'a', port: 7000 },
          { host: '::1', port: 7001 },
          { host: 'c', port: 6379 },
        ],
        redisOptions: { username: 'app', password: 'p', tls: {} },
      },
    ],
    [
      { REDIS_SENTINELS: 'a,b:5000', REDIS_SENTINEL_NAME: 'main', REDIS_SENTINEL_PASSWORD: 's', REDIS_DB: '2' },
      {
        sentinels: [
          { host: 'a', port: 26_379 },
          { host: 'b', port: 5000 },
        ],
        name: 'main',
        sentinelPassword: 's',
        db: 2,
      },
    ],
  ])('finds a cluster or Sentinels in %o', (variables, place) => {
    expect(parseEnvironment(variables).redis).toEqual(place)
  })

  it.each([
    ['REDIS_URL', { REDIS_URL: 'localhost:6379' }],
    ['REDIS_URL', { REDIS_URL: 'http://localhost' }],
    ['REDIS_HOST', { REDIS_HOST: 'redis://cache' }],
    ['REDIS_PORT', { REDIS_HOST: 'cache', REDIS_PORT: '70000' }],
    ['REDIS_PORT', { REDIS_HOST: 'cache', REDIS_PORT: 'tcp://10.0.0.1:6379' }],
    ['REDIS_DB', { REDIS_HOST: 'cache', REDIS_DB: '-1' }],
    ['REDIS_TLS', { REDIS_HOST: 'cache', REDIS_TLS: 'maybe' }],
    ['REDIS_CLUSTER_NODES', { REDIS_CLUSTER_NODES: 'redis://:secret@a:1' }],
    ['REDIS_CLUSTER_NODES', { REDIS_CLUSTER_NODES: ',' }],
    ['REDIS_CLUSTER_NODES', { REDIS_CLUSTER_NODES: 'a:99999' }],
    ['REDIS_DB', { REDIS_CLUSTER_NODES: 'a:1', REDIS_DB: '2' }],
    ['REDIS_URL', { REDIS_CLUSTER_NODES: 'a:1', REDIS_URL: 'redis://b' }],
    ['REDIS_SENTINELS', { REDIS_CLUSTER_NODES: 'a:1', REDIS_SENTINELS: 'b:2' }],
    ['REDIS_SENTINEL_NAME', { REDIS_SENTINELS: 'a:1' }],
    ['CACHE_DEFAULT_TTL', { CACHE_DEFAULT_TTL: '5m' }],
    ['CACHE_DEFAULT_TTL', { CACHE_DEFAULT_TTL: '0' }],
    ['CACHE_MAX_MEMORY', { CACHE_MAX_MEMORY: 'lots' }],
    ['SKIP_CACHE_DEV', { SKIP_CACHE_DEV: 'perhaps' }],
    ['CACHE_DEBUG', { CACHE_DEBUG: '2' }],
    ['CACHE_WARM_ON_START', { CACHE_WARM_ON_START: 'soon' }],
    ['CACHE_WARM_INTERVAL', { CACHE_WARM_INTERVAL: '30m' }],
    ['CACHE_WARM_INTERVAL', { CACHE_WARM_INTERVAL: '100000' }],
  ])('names %s when it cannot be used: %o', (name, variables) => {
    expect(() => parseEnvironment(variables)).toThrow(
      expect.objectContaining({ code: 'ERR_HOLDFAST_INVALID_OPTION', message: expect.stringContaining(` ${name} `) }),
    )
  })

  it.each([
    { REDIS_URL: 'user:hunter2@host' },
    { REDIS_URL: 'amqp://user:hunter2@host' },
    { REDIS_HOST: 'redis://user:hunter2@host' },
  ])('never shows a password: %o', (variables) => {
    let message = ''
    try {
      parseEnvironment(variables)
    } catch (error) {
      message = String(error)
    }

    expect(message).toContain('REDIS_')
    expect(message).not.toContain('hunter2')
  })

  it('takes sizes with a unit and in bytes', () => {
    expect(parseEnvironment({ CACHE_MAX_MEMORY: '64mb' }).maxMemoryBytes).toBe(64 * 2 ** 20)
    expect(parseEnvironment({ CACHE_MAX_MEMORY: '1048576' }).maxMemoryBytes).toBe(2 ** 20)
  })

  it('bypasses the cache in development only', () => {
    expect(parseEnvironment({ SKIP_CACHE_DEV: 'true', NODE_ENV: 'development' }).isBypassed).toBe(true)
    expect(parseEnvironment({ SKIP_CACHE_DEV: 'true', NODE_ENV: 'production' }).isBypassed).toBe(false)
    expect(parseEnvironment({ SKIP_CACHE_DEV: 'false', NODE_ENV: 'development' }).isBypassed).toBe(false)
  })

  it.each([
    [{ CACHE_DEBUG: 'true' }, true],
    [{ DB_LOG_LEVEL: 'query', NODE_ENV: 'development' }, true],
    [{ DB_LOG_LEVEL: 'query' }, false],
    [{ CACHE_DEBUG: 'false', DB_LOG_LEVEL: 'query', NODE_ENV: 'development' }, false],
  ])('logs calls when asked: %o', (variables, isDebugging) => {
    expect(parseEnvironment(variables).isDebugging).toBe(isDebugging)
  })

  it.each([
    [{ NODE_ENV: 'production' }, { isOnStart: false, intervalSeconds: 1_800 }],
    [
      { NODE_ENV: 'production', CACHE_WARM_INTERVAL: '0' },
      { isOnStart: false, intervalSeconds: undefined },
    ],
    [{ CACHE_WARM_ON_START: 'true' }, { isOnStart: true, intervalSeconds: undefined }],
    [
      { CACHE_WARM_ON_START: 'true', CACHE_WARM_INTERVAL: '60' },
      { isOnStart: true, intervalSeconds: 60 },
    ],
    // A build imports the application.
    [
      { CACHE_WARM_ON_START: 'true', NODE_ENV: 'production', NEXT_PHASE: 'phase-production-build' },
      { isOnStart: false, intervalSeconds: undefined },
    ],
  ])('knows when to warm: %o', (variables, warmTimes) => {
    expect(parseEnvironment(variables).warmTimes).toEqual(warmTimes)
  })
})

describe('describePlace', () => {
  it.each([
    [{ REDIS_URL: 'rediss://app:s3cret@cache:6380/2' }, 'cache:6380'],
    [{ REDIS_CLUSTER_NODES: 'a:7000,b:7001', REDIS_PASSWORD: 's3cret' }, 'the cluster at a:7000, b:7001'],
    [
      { REDIS_SENTINELS: 'a:26379,b:26379', REDIS_SENTINEL_NAME: 'main', REDIS_SENTINEL_PASSWORD: 's3cret' },
      'Sentinels at a:26379, b:26379',
    ],
  ])('says where Redis is by %o, without a password', (variables, where) => {
    expect(describePlace(parseEnvironment(variables).redis!)).toBe(where)
  })
})
