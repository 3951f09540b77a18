/** The circles of a graph: each group of nodes that reach each other, and each node that reaches itself (Tarjan 1972). */
export function circles(graph: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const found: string[][] = []
  const stack: string[] = []
  const marks = new Map<string, { readonly index: number; low: number; isOpen: boolean }>()

  const visit = (node: string): number => {
    const mark = { index: marks.size, low: marks.size, isOpen: true }
    marks.set(node, mark)
    stack.push(node)
    for (const next of graph.get(node) ?? []) {
      const other = marks.get(next)
      if (other === undefined) mark.low = Math.min(mark.low, visit(next))
      else if (other.isOpen) mark.low = Math.min(mark.low, other.index)
    }
    if (mark.low < mark.index) return mark.low
    const group = stack.splice(stack.indexOf(node))
    for (const member of group) marks.get(member)!.isOpen = false
    if (group.length > 1 || (graph.get(node) ?? []).includes(node)) found.push(group)
    return mark.low
  }

  for (const node of graph.keys()) if (!marks.has(node)) visit(node)
  return found
}
