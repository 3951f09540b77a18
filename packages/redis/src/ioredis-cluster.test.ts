import { InvalidOptionError } from '@holdfast/core'
import { describe, expect, it } from 'vitest'
import { ioredisClusterConnector } from './ioredis-cluster.ts'

describe('the nodes of a Redis Cluster', () => {
  it('are named in every form that ioredis takes', () => {
    const cluster = [
      7000,
      'cache',
      'cache:7001',
      'redis://cache:7002',
      '[::1]:7003',
      { host: 'cache', port: 7004 },
      { host: 'cache' },
      { port: 7005 },
    ]

    expect(ioredisClusterConnector({ cluster }, 100).seeds).toEqual([
      { host: '127.0.0.1', port: 7000 },
      { host: 'cache', port: 6379 },
      { host: 'cache', port: 7001 },
      { host: 'cache', port: 7002 },
      { host: '::1', port: 7003 },
      { host: 'cache', port: 7004 },
      { host: 'cache', port: 6379 },
      { host: '127.0.0.1', port: 7005 },
    ])
  })

  it.each([
    ['a map', { '10.0.0.1:7000': { host: 'public', port: 17_000 } }],
    ['a function', (place: string) => (place === '10.0.0.1:7000' ? { host: 'public', port: 17_000 } : null)],
  ])('are where %s says, and where the cluster says otherwise', (_, natMap) => {
    const connector = ioredisClusterConnector({ cluster: ['public:17000'], natMap }, 100)

    expect(connector.at({ host: '10.0.0.1', port: 7000 }).address).toBe('public:17000')
    expect(connector.at({ host: '10.0.0.2', port: 7000 }).address).toBe('10.0.0.2:7000')
  })

  it.each([['localhost:7000'], [['localhost:port']], [['redis://']], [[]]])('are refused: %j', (cluster) => {
    expect(() => ioredisClusterConnector({ cluster: cluster as string[] }, 100)).toThrow(InvalidOptionError)
  })
})
