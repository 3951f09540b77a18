import { startRedis } from '@holdfast/testing/redis'
import { describe, expect, it } from 'vitest'
import { aclRule } from '../src/doctor/rights.ts'
import { runCommand } from './run-command.ts'

interface Found {
  readonly findings: readonly { check: string; level: string; message: string; advice?: string }[]
}

const withUser = (url: string, user: string): string => url.replace('redis://', `redis://${user}:pw@`)

describe('holdfast doctor', () => {
  it('finds nothing wrong where nothing is', async () => {
    await using redis = await startRedis({
      config: { maxmemory: '50mb', 'maxmemory-policy': 'volatile-lfu', appendonly: 'yes' },
    })

    const human = await runCommand(['doctor', '--strict'], { env: { REDIS_URL: redis.url } })
    const json = await runCommand(['doctor', '--json', '--redis', redis.url])

    expect(human).toMatchObject({ code: 0, err: '' })
    const { findings } = JSON.parse(json.out) as Found
    expect(findings.filter(({ level }) => level !== 'ok')).toEqual([])
    expect(findings.map(({ check }) => check)).toEqual([
      'connection',
      'version',
      'topology',
      'rights',
      'announcements',
      'latency',
      'memory',
      'persistence',
      'clock',
      'connections',
    ])
    for (const { check } of findings) expect(human.out).toContain(check)
  })

  it('advises on what a user may not do, with a rule that helps', async () => {
    const rule = aclRule('app:')
    await using redis = await startRedis({
      config: {
        user: ['poor on >pw ~app:* resetchannels +@all -scan -@scripting', `right on >pw resetchannels ${rule}`],
        maxmemory: '50mb',
        'maxmemory-policy': 'volatile-lfu',
      },
    })

    const poor = await runCommand(['doctor', '--json', '--prefix', 'app:', '--redis', withUser(redis.url, 'poor')])
    const right = await runCommand(['doctor', '--json', '--prefix', 'app:', '--redis', withUser(redis.url, 'right')])
    const strict = await runCommand(['doctor', '--strict', '--prefix', 'app:'], {
      env: { REDIS_URL: withUser(redis.url, 'poor') },
    })

    const { findings } = JSON.parse(poor.out) as Found
    const refused = findings.filter(({ check }) => check === 'rights').map(({ message }) => message.split(' is ')[0])
    expect(refused).toEqual(['EVAL', 'EVALSHA', 'SCRIPT LOAD', 'PUBLISH', 'SCAN'])
    expect(findings.find(({ check }) => check === 'rights')!.advice).toContain(rule)
    expect(findings.find(({ check }) => check === 'announcements')).toMatchObject({ level: 'warning' })
    expect(poor.code).toBe(0)
    expect(strict.code).toBe(1)
    expect(
      (JSON.parse(right.out) as Found).findings.filter(({ check, level }) => check === 'rights' && level !== 'ok'),
    ).toEqual([])
    expect((JSON.parse(right.out) as Found).findings.find(({ check }) => check === 'announcements')!.level).toBe('ok')
  })

  it('warns of a Redis without a bound, of one that refuses writes when full, and of a replica', async () => {
    await using bare = await startRedis()
    await using full = await startRedis({ config: { maxmemory: '50mb', 'maxmemory-policy': 'noeviction' } })
    await using replica = await startRedis({ config: { replicaof: `127.0.0.1 ${bare.port}` } })
    const examine = async (url: string): Promise<readonly [number | null, Found['findings']]> => {
      const ran = await runCommand(['doctor', '--json', '--redis', url])
      return [ran.code, (JSON.parse(ran.out) as Found).findings]
    }
    const find = (findings: Found['findings'], check: string) => findings.find((finding) => finding.check === check)

    const [bareCode, bareFindings] = await examine(bare.url)
    const [, fullFindings] = await examine(full.url)
    const [replicaCode, replicaFindings] = await examine(replica.url)

    expect(find(bareFindings, 'memory')).toMatchObject({
      level: 'warning',
      advice: expect.stringContaining('maxmemory'),
    })
    expect(find(bareFindings, 'persistence')).toMatchObject({ level: 'note' })
    expect(bareCode).toBe(0)
    expect(find(fullFindings, 'memory')).toMatchObject({
      level: 'warning',
      message: expect.stringContaining('noeviction'),
    })
    expect(find(replicaFindings, 'topology')).toMatchObject({
      level: 'error',
      advice: expect.stringContaining('master'),
    })
    expect(replicaCode).toBe(1)
  })

  it('advises when it cannot be reached or the password is wrong, and ends with 3', async () => {
    await using redis = await startRedis({ password: 'swordfish' })
    const wrong = await runCommand(['doctor'], {
      env: { REDIS_HOST: '127.0.0.1', REDIS_PORT: String(redis.port), REDIS_PASSWORD: 'hunter2' },
    })
    await redis.kill()
    const gone = await runCommand(['doctor', '--redis', redis.url])

    expect(wrong).toMatchObject({ code: 3, out: expect.stringContaining('REDIS_PASSWORD') })
    expect(gone).toMatchObject({ code: 3, out: expect.stringContaining('firewall') })
    expect(wrong.out + wrong.err + gone.out + gone.err).not.toMatch(/hunter2|swordfish/)
  })
})
