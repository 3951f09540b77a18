import { childrenOf, isNode, type Node } from './syntax-tree.ts'

/** What a node is changed into. */
export interface Change {
  readonly kind: string
  /** Code in place of the node; for the kinds that take something out, nothing. */
  readonly after: string
  readonly shown?: string
}

/**
 * The ways to break a node: conditions that always or never hold, boundaries moved by one, operators swapped, literals emptied,
 * bodies and statements taken out. Ways that say the same as another one are left out.
 */
export function changesOf(
  node: Node,
  parent: Node | undefined,
  above: readonly Node[],
  code: string,
): readonly Change[] {
  const text = (part: unknown): string => code.slice((part as Node).start, (part as Node).end)
  const changes: Change[] = []
  const change = (kind: string, after: string): void => void changes.push({ kind, after: `(${after})`, shown: after })

  if (isTest(node, parent)) {
    if (parent?.type === 'IfStatement' || parent?.type === 'ConditionalExpression') change('condition', 'true')
    change('condition', 'false')
  } else if (node.type === 'BinaryExpression' && comparing.has(String(node['operator']))) {
    change('condition', 'true')
    change('condition', 'false')
  }

  switch (node.type) {
    case 'BinaryExpression': {
      const operator = String(node['operator'])
      const swapped = isText(node) ? undefined : (boundaries.get(operator) ?? arithmetic.get(operator))
      const kind = boundaries.has(operator) ? 'boundary' : 'arithmetic'
      if (swapped !== undefined) change(kind, `${text(node['left'])} ${swapped} ${text(node['right'])}`)
      break
    }
    case 'LogicalExpression':
      change('logic', `(${text(node['left'])}) ${node['operator'] === '&&' ? '||' : '&&'} (${text(node['right'])})`)
      break
    case 'UnaryExpression':
      if (node['operator'] === '!') change('negation', text(node['argument']))
      if (node['operator'] === '-' || node['operator'] === '~') change('arithmetic', text(node['argument']))
      break
    case 'UpdateExpression': {
      const swapped = node['operator'] === '++' ? '--' : '++'
      change('update', node['prefix'] === true ? swapped + text(node['argument']) : text(node['argument']) + swapped)
      break
    }
    case 'AssignmentExpression': {
      const swapped = assignments.get(String(node['operator']))
      if (swapped !== undefined) change('assignment', `${text(node['left'])} ${swapped} ${text(node['right'])}`)
      break
    }
    case 'Literal':
      if (typeof node['value'] === 'boolean') change('literal', String(!node['value']))
      if (typeof node['value'] === 'string' && !isName(node, parent))
        change('literal', node['value'] === '' ? "'mutated'" : "''")
      break
    case 'TemplateLiteral':
      if (parent?.type !== 'TaggedTemplateExpression' && node.end - node.start > 2) change('literal', '``')
      break
    case 'ArrayExpression':
      change('literal', childrenOf(node).length === 0 ? "['mutated']" : '[]')
      break
    case 'ObjectExpression':
      if (childrenOf(node).length > 0) change('literal', '{}')
      break
    case 'ChainExpression':
      changes.push(...withoutQuestionMarks(node, code))
      break
    case 'CallExpression':
      if (!isInChain(above, parent)) changes.push(...ofMethod(node, text))
      break
    case 'ExpressionStatement':
      if (isRemovable(node['expression'] as Node)) changes.push({ kind: 'statement', after: '', shown: '' })
      break
    case 'BlockStatement':
      if (!isOneRemovable(node) && childrenOf(node).length > 0 && !isDerivedConstructor(above))
        changes.push({ kind: isFunction(parent) ? 'function body' : 'block', after: '', shown: '{}' })
      break
  }
  if (parent?.type === 'ArrowFunctionExpression' && parent['body'] === node && node.type !== 'BlockStatement')
    if (text(node) !== 'undefined' && !isDull(node)) change('function body', 'undefined')
  // An arrow's value is an expression: it is replaced, not left.
  return changes.map((each) =>
    each.kind === 'function body' && node.type !== 'BlockStatement' ? { ...each, kind: 'arrow value' } : each,
  )
}

const comparing = new Set(['<', '<=', '>', '>=', '===', '!==', 'instanceof', 'in'])
const boundaries = swaps('< <=', '<= <', '> >=', '>= >')
const arithmetic = swaps('+ -', '- +', '* /', '/ *', '% *', '** *', '& |', '| &', '^ &', '<< >>', '>> <<', '>>> <<')
const assignments = swaps(
  '+= -=',
  '-= +=',
  '*= /=',
  '/= *=',
  '??= &&=',
  '|= &=',
  '&= |=',
  '^= &=',
  '<<= >>=',
  '>>= <<=',
  '>>>= <<=',
)
const methods = swaps('min max', 'max min', 'floor ceil', 'ceil floor', 'round floor', 'trunc ceil')
  .set('some', 'every')
  .set('every', 'some')
  .set('startsWith', 'endsWith')
  .set('endsWith', 'startsWith')
const passing = new Set(['filter', 'slice', 'subarray', 'sort', 'toSorted', 'reverse', 'trim', 'concat'])

function swaps(...pairs: readonly string[]): Map<string, string> {
  return new Map(pairs.map((pair) => pair.split(' ') as [string, string]))
}

function isTest(node: Node, parent: Node | undefined): boolean {
  return parent !== undefined && parent['test'] === node && parent.type !== 'SwitchCase'
}

/** Text is joined with `+` only: any other operator makes NaN of it, which is no interesting way to break it. */
function isText(node: Node): boolean {
  const isTextual = (side: unknown): boolean => {
    const { type, value } = side as Node
    return type === 'TemplateLiteral' || (type === 'Literal' && typeof value === 'string')
  }
  return isTextual(node['left']) || isTextual(node['right'])
}

/** Whether a text is the name of a module or a field, not a value. */
function isName(node: Node, parent: Node | undefined): boolean {
  if (parent === undefined || parent.type === 'ExpressionStatement') return true
  if (parent.type.startsWith('Import') || parent.type.startsWith('Export')) return true
  return parent['key'] === node && parent['computed'] !== true
}

function withoutQuestionMarks(chain: Node, code: string): readonly Change[] {
  const changes: Change[] = []
  const visit = (node: Node): void => {
    const inner = (node['object'] ?? node['callee']) as Node | undefined
    if (node['optional'] === true && inner !== undefined) {
      const rest = code
        .slice(inner.end, chain.end)
        .replace('?.', node.type === 'MemberExpression' && node['computed'] !== true ? '.' : '')
      changes.push({ kind: 'optional chaining', after: `(${code.slice(chain.start, inner.end)}${rest})` })
    }
    if (inner !== undefined && inner.type !== 'ChainExpression') visit(inner)
  }
  visit(chain['expression'] as Node)
  return changes
}

/** Inside `a?.b.c()` nothing can be wrapped: the chain would end there. */
function isInChain(above: readonly Node[], parent: Node | undefined): boolean {
  return above.some(({ type }) => type === 'ChainExpression') || parent?.type === 'ChainExpression'
}

function ofMethod(call: Node, text: (part: unknown) => string): readonly Change[] {
  const callee = call['callee'] as Node
  if (callee.type !== 'MemberExpression' || callee['computed'] === true) return []
  const object = text(callee['object'])
  const method = text(callee['property'])
  if (passing.has(method)) return [{ kind: 'method', after: `(${object})` }]
  const swapped = methods.get(method)
  if (swapped === undefined) return []
  return [{ kind: 'method', after: `(${object}.${swapped}(${(call['arguments'] as Node[]).map(text).join(', ')}))` }]
}

const doing = new Set([
  'CallExpression',
  'AssignmentExpression',
  'AwaitExpression',
  'UnaryExpression',
  'ChainExpression',
])

/** Whether a statement does something, and the code is still whole without it. `x++` is broken by counting down already. */
function isRemovable(expression: Node): boolean {
  return doing.has(expression.type) && !isSuperCall(expression)
}

function isSuperCall(expression: Node): boolean {
  return expression.type === 'CallExpression' && (expression['callee'] as Node).type === 'Super'
}

/** Whether taking out the block would be the same as taking out its one statement. */
function isOneRemovable(block: Node): boolean {
  const body = block['body'] as Node[]
  const [only] = body
  return body.length === 1 && only!.type === 'ExpressionStatement' && isRemovable(only!['expression'] as Node)
}

function isFunction(node: Node | undefined): boolean {
  return node !== undefined && /Function/.test(node.type)
}

function isDerivedConstructor(above: readonly Node[]): boolean {
  const method = above.at(-2)
  if (method?.type !== 'MethodDefinition' || method['kind'] !== 'constructor') return false
  const owner = above.at(-4)
  return isNode(owner?.['superClass'])
}

/** An arrow's value that is broken in another way already. */
function isDull(node: Node): boolean {
  return node.type === 'Literal' || node.type === 'BinaryExpression' || node.type === 'LogicalExpression'
}
