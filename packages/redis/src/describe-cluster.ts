import type { RemoteDescription } from '@holdfast/core'
import type { ClusterNodes } from './cluster-nodes.ts'
import { causeOf, limitsOf } from './describe.ts'
import type { ClusterConnector } from './link.ts'

/** What a store on a cluster says of itself: a promise that does not hold on one node is named once. */
export function describeCluster(
  nodes: ClusterNodes,
  connector: ClusterConnector,
  prefix: string,
  isListening: boolean,
): RemoteDescription {
  const { members } = nodes
  const sessions = members.flatMap(({ node }) => node.current ?? [])
  const lost = members.filter(({ node }) => node.state !== 'ready' && node.state !== 'closed')
  const { cause } = nodes
  return {
    name: 'redis',
    coherence:
      isListening && !sessions.some(({ ownHearing }) => ownHearing === 'refused') ? 'announcements' : 'max-staleness',
    limits: [
      ...new Set(sessions.flatMap(limitsOf)),
      ...(lost.length > 0 && lost.length < members.length
        ? [`${lost.length} of ${members.length} nodes cannot be used now: their keys are loaded, and kept in memory.`]
        : []),
    ],
    state: nodes.state,
    details: {
      address: connector.seeds.map(({ host, port }) => `${host}:${port}`).join(','),
      prefix,
      nodes: members.length,
      nodesReady: sessions.length,
      sessions: members.reduce((sum, { node }) => sum + node.sessions, 0),
      ...(cause === undefined ? {} : { cause: causeOf(cause) }),
      ...(sessions[0] === undefined
        ? {}
        : {
            version: sessions[0].server.version,
            hearing: sessions.find(({ ownHearing }) => ownHearing !== 'all')?.ownHearing ?? 'all',
            tags: sessions.reduce((sum, { tags }) => sum + tags.size, 0),
          }),
    },
  }
}
