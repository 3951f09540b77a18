import { startCluster, startRedis, startSentinels } from '@holdfast/testing/redis'
import { leastPrivilege } from 'holdfast'
import { describe, expect, it } from 'vitest'
import { runCommand } from './run-command.ts'

interface Found {
  readonly findings: readonly { check: string; level: string; message: string; advice?: string; node?: string }[]
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
      'topology',
      'version',
      'rights',
      'announcements',
      'latency',
      'memory',
      'persistence',
      'clock',
      'connections',
    ])
    for (const { check } of findings) expect(human.out).toContain(check)
    expect(human.out).toContain("under 'holdfast:'")
  })

  it('advises on what a user may not do, with a rule that helps', async () => {
    const rule = leastPrivilege('app:')
    await using redis = await startRedis({
      config: {
        user: ['poor on >pw ~app:* resetchannels +@all -scan -@scripting', `right on >pw ${rule}`],
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

  it('looks at each primary of a Cluster, and says of which what is not so everywhere', async () => {
    const rule = leastPrivilege('app:')
    await using cluster = await startCluster({
      replicas: 0,
      config: { user: `app on >pw ${rule}`, maxmemory: '50mb', 'maxmemory-policy': 'volatile-lfu' },
    })
    const places = cluster.seeds.map(({ port }) => `127.0.0.1:${port}`)
    const env = {
      REDIS_CLUSTER_NODES: places.slice(0, 2).join(','),
      REDIS_USERNAME: 'app',
      REDIS_PASSWORD: 'pw',
      REDIS_KEY_PREFIX: 'app:',
    }
    const [first, second, third] = cluster.nodes
    const well = await runCommand(['doctor', '--json'], { env })
    await second!.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction')
    await third!.command('ACL', 'SETUSER', 'app', '-unlink', '-asking')
    const ill = await runCommand(['doctor'], { env })
    await third!.kill()
    const dead = await runCommand(['doctor', '--json'], { env })
    const asOne = await runCommand(['doctor', '--json', '--redis', first!.url])

    const found = (JSON.parse(well.out) as Found).findings
    expect(well.code).toBe(0)
    // How fast it is depends on what else the machine does.
    const complaints = found.filter(({ level, check }) => level !== 'ok' && check !== 'latency')
    expect(complaints.map(({ check }) => check)).toEqual(['replicas'])
    expect(found).toContainEqual({
      check: 'rights',
      level: 'ok',
      message: "every command that the store needs, under 'app:'",
    })
    expect(found.filter(({ check }) => check === 'latency')).toHaveLength(3)
    expect(ill).toMatchObject({ code: 1, err: '' })
    expect(ill.out).toContain(`memory         ${places[1]}: `)
    expect(ill.out).toMatch(new RegExp(`X error +rights +${places[2]}: UNLINK is refused`))
    expect(ill.out).toContain(`${places[2]}: ASKING is refused`)
    expect(ill.out).toContain(`ACL SETUSER <user> ${rule}`)
    expect((JSON.parse(dead.out) as Found).findings).toContainEqual(
      expect.objectContaining({ check: 'node', level: 'error', node: places[2] }),
    )
    expect((JSON.parse(asOne.out) as Found).findings.find(({ check }) => check === 'topology')).toMatchObject({
      level: 'error',
      advice: expect.stringContaining('REDIS_CLUSTER_NODES'),
    })
    for (const node of [first!, second!]) expect(await node.command('KEYS', '*')).toEqual([])
  }, 60_000)

  it('looks at the primary that Sentinels name, and says when they name none', async () => {
    await using watched = await startSentinels({ config: { maxmemory: '50mb', 'maxmemory-policy': 'volatile-lfu' } })
    const env = {
      REDIS_SENTINELS: watched.addresses.map(({ port }) => `127.0.0.1:${port}`).join(','),
      REDIS_SENTINEL_NAME: watched.name,
    }

    const well = await runCommand(['doctor', '--json'], { env })
    const unknown = await runCommand(['doctor', '--json'], { env: { ...env, REDIS_SENTINEL_NAME: 'other' } })
    const sentinel = await runCommand(['doctor', '--json', '--redis', watched.sentinels[0]!.url])

    const { findings } = JSON.parse(well.out) as Found
    expect(well.code).toBe(0)
    expect(findings[0]).toMatchObject({ check: 'connection', message: expect.stringContaining(watched.name) })
    expect(findings.find(({ check }) => check === 'topology')).toMatchObject({ level: 'ok' })
    expect(findings.find(({ check }) => check === 'memory')).toMatchObject({ level: 'ok' })
    expect(unknown).toMatchObject({ code: 3, out: expect.stringContaining('Sentinels at') })
    expect((JSON.parse(sentinel.out) as Found).findings.find(({ check }) => check === 'topology')).toMatchObject({
      advice: expect.stringContaining('REDIS_SENTINELS'),
    })
  }, 60_000)

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
