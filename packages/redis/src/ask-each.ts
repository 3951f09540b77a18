import { RemoteUnavailableError } from '@holdfast/core'
import type { ClusterNodes } from './cluster-nodes.ts'
import type { Node } from './node.ts'

/** A batch, each item of which is for the node that has its Redis key. */
export interface Batch<I> {
  readonly items: readonly I[]
  readonly keyOf: (item: I) => string
  readonly deadlineAt: number
}

/** Asks each node for its part of a batch, all at once, and puts the answers in order. */
export async function askEach<I, O>(
  nodes: ClusterNodes,
  { items, keyOf, deadlineAt }: Batch<I>,
  ask: (node: Node, items: readonly I[]) => Promise<readonly O[]>,
): Promise<readonly O[]> {
  if (items.length === 0) return []
  if (!nodes.hasSettled || nodes.rootMember === undefined) await nodes.settled(deadlineAt)
  const parts = new Map<Node, number[]>()
  for (const [index, item] of items.entries()) {
    const node = nodes.nodeOf(keyOf(item))?.node
    if (node === undefined) throw noOwner()
    const part = parts.get(node)
    if (part === undefined) parts.set(node, [index])
    else part.push(index)
  }
  const results: O[] = []
  const askPart = async (node: Node, indexes: readonly number[]): Promise<void> => {
    const isWhole = indexes.length === items.length
    const answers = await ask(node, isWhole ? items : indexes.map((index) => items[index]!))
    for (const [position, index] of indexes.entries()) results[index] = answers[position]!
  }
  try {
    await Promise.all([...parts].map(([node, indexes]) => askPart(node, indexes)))
  } catch (error) {
    nodes.lookAgain()
    throw error
  }
  return results
}

export function noOwner(): RemoteUnavailableError {
  return new RemoteUnavailableError('No node of the cluster has the slot now.')
}
