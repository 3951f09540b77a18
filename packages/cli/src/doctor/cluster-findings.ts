import type { ClusterExamination, NodeExamination } from 'holdfast'
import type { RedisPlace } from '../connection.ts'
import { reasonOf } from '../reason.ts'
import type { Finding } from './finding.ts'
import { security, serverFindings } from './findings.ts'

/** What an examination of a cluster means for a cache: of the whole, and of each node what is not so everywhere. */
export function clusterFindings(found: ClusterExamination, place: RedisPlace): readonly Finding[] {
  const nodes = found.nodes.map((node) => nodeFindings(node, place))
  const isEverywhere = (finding: Finding): boolean =>
    nodes.every((findings) => findings.some((other) => isSame(finding, other)))
  return [
    { check: 'connection', level: 'ok', message: `${found.nodes.length} primaries, found by ${found.address}` },
    ...slots(found),
    ...replicas(found),
    ...security(place),
    ...(nodes[0] ?? []).filter(isEverywhere),
    ...found.nodes.flatMap(({ address }, at) =>
      nodes[at]!.filter((finding) => !isEverywhere(finding)).map((finding) => ({ ...finding, node: address })),
    ),
  ]
}

function nodeFindings({ found }: NodeExamination, place: RedisPlace): readonly Finding[] {
  if (!(found instanceof Error)) return serverFindings(found, place)
  return [
    {
      check: 'node',
      level: 'error',
      message: `It cannot be used: ${reasonOf(found)}`,
      advice: 'Its keys are loaded each time, and kept in memory, until it or a replica of it can be used.',
    },
  ]
}

function isSame(one: Finding, other: Finding): boolean {
  return one.check === other.check && one.level === other.level && one.message === other.message
}

function slots({ slotsMissing }: ClusterExamination): readonly Finding[] {
  if (slotsMissing === 0) return [{ check: 'topology', level: 'ok', message: 'a Cluster, each slot has a primary' }]
  return [
    {
      check: 'topology',
      level: 'error',
      message: `No primary has ${slotsMissing} of the 16,384 slots.`,
      advice: 'Nodes refuse every command then (CLUSTERDOWN): redis-cli --cluster check, and --cluster fix.',
    },
  ]
}

function replicas({ nodes }: ClusterExamination): readonly Finding[] {
  const bare = nodes.filter((node) => node.replicas === 0).map(({ address }) => address)
  if (bare.length === 0) return []
  return [
    {
      check: 'replicas',
      level: 'note',
      message: `Nobody takes over when ${bare.join(' or ')} dies.`,
      advice:
        'A cache can do without: its keys are loaded until it is back. Where the database cannot bear that, add replicas.',
    },
  ]
}
