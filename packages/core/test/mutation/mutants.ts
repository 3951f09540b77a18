import { stripTypeScriptTypes } from 'node:module'
import { parseAst } from 'vitest/node'
import { changesOf } from './changes.ts'
import { childrenOf, type Node } from './syntax-tree.ts'

/** One way to break a source file. */
export interface Mutant {
  /** Counts through all files, in the order of their names. */
  readonly id: number
  readonly file: string
  readonly line: number
  /** What was broken, for example `boundary`. */
  readonly kind: string
  readonly before: string
  readonly after: string
}

/** A source file with all its mutants in it, of which a switch turns on one at a time. */
export interface Mutated {
  readonly mutants: readonly Mutant[]
  readonly code: string
}

/**
 * Puts every mutant of a file behind `$m(id)`, the switch of `mutant-switch.ts`. One copy with all of them is compiled and loaded
 * once; choosing another mutant costs nothing.
 */
export function mutate(file: string, source: string, firstId: number): Mutated {
  const code = stripTypeScriptTypes(source)
  const mutants: Mutant[] = []
  const switched = render(parseAst(code) as unknown as Node, undefined, [])
  return { mutants, code: `const $m = globalThis.mutantSwitch;${switched}` }

  function render(node: Node, parent: Node | undefined, above: readonly Node[]): string {
    const changes = changesOf(node, parent, above, code)
    const ids = changes.map(({ kind, after, shown }) => {
      const id = firstId + mutants.length
      const line = code.slice(0, node.start).split('\n').length
      mutants.push({
        id,
        file,
        line,
        kind,
        before: brief(code.slice(node.start, node.end)),
        after: brief(shown ?? after),
      })
      return id
    })
    const inner = renderInside(node, above)
    // A line that begins with a bracket would go on with the line before.
    let whole =
      node.type === 'ExpressionStatement' && changes.length === 0 && inner.startsWith('(') ? `0,${inner}` : inner
    for (const [at, { kind, after }] of changes.entries()) {
      const on = `$m(${ids[at]})`
      if (kind === 'function body') whole = `{if(${on})return;${whole.slice(1)}`
      else if (kind === 'block') whole = `{if(!${on}){${whole.slice(1)}}`
      else if (kind === 'statement') whole = `${on}||(${whole.replace(/;$/, '')})`
      else whole = `(${on}?${after}:${whole})`
    }
    return whole
  }

  function renderInside(node: Node, above: readonly Node[]): string {
    let text = ''
    let at = node.start
    for (const child of childrenOf(node)) {
      // A shorthand `{ a }` is one place with two nodes.
      if (child.start < at) continue
      text += code.slice(at, child.start) + render(child, node, [...above, node])
      at = child.end
    }
    return text + code.slice(at, node.end)
  }
}

function brief(text: string): string {
  const line = text.replace(/\s+/g, ' ')
  return line.length > 90 ? `${line.slice(0, 87)}…` : line
}
