import { parseAst } from 'vitest/node'
import { describe, expect, it } from 'vitest'
import { installSwitch, nobody } from './mutant-switch.ts'
import { mutate } from './mutants.ts'
import { mutateAll } from './run.ts'

const changesIn = (source: string): readonly string[] =>
  mutate('x.ts', source, 0).mutants.map(({ kind, before, after }) => `${kind}: ${before} → ${after}`)

describe('the mutants of', () => {
  it.each([
    ['a < b', ['condition: a < b → true', 'condition: a < b → false', 'boundary: a < b → a <= b']],
    ['a && b', ['logic: a && b → (a) || (b)']],
    ['!a', ['negation: !a → a']],
    ['a + b', ['arithmetic: a + b → a - b']],
    ['a + "text"', ['literal: "text" → \'\'']],
    ['true', ['literal: true → false']],
    ['[1, 2]', ['literal: [1, 2] → []']],
    ['a?.b.c', ['optional chaining: a?.b.c → (a.b.c)']],
    ['Math.min(a, b)', ['method: Math.min(a, b) → (Math.max(a, b))']],
    ['a.filter(b)', ['method: a.filter(b) → (a)']],
    ['() => a', ['arrow value: a → undefined']],
  ])('the expression %s', (expression, mutants) => {
    expect(changesIn(`export const x: unknown = ${expression}`)).toEqual(mutants)
  })

  it.each([
    ['f()', ['statement: f() → ']],
    ['a = b', ['statement: a = b → ']],
    ['a++', ['update: a++ → a--']],
    ['if (a) b()', ['condition: a → true', 'condition: a → false', 'statement: b() → ']],
    ['while (a) b()', ['condition: a → false', 'statement: b() → ']],
    ['for (const a of b) { c(); d() }', ['block: { c(); d() } → {}', 'statement: c(); → ', 'statement: d() → ']],
    ['function f(): void { return g() }', ['function body: { return g() } → {}']],
    ['import a from "a"', []],
    ['const { "a": b } = c', []],
  ])('the statement %s', (statement, mutants) => {
    expect(changesIn(statement)).toEqual(mutants)
  })
})

describe('a file with all its mutants', () => {
  it('is code still, and no two mutants of all files share a number', () => {
    const files = [...mutateAll().values()]
    const ids = files.flatMap(({ mutants }) => mutants.map(({ id }) => id))

    expect(() => files.map(({ code }) => parseAst(code))).not.toThrow()
    expect(ids).toEqual(ids.map((_, at) => at))
  })

  it('does what the source says, and with a mutant on what that one says', () => {
    const source = `let n = 0
      for (let i = 0; i < 3; i++) n += i
      n++
      result(n)`
    const { code, mutants } = mutate('x.ts', source, 0)
    const before = globalThis.mutantSwitch
    const at = installSwitch()
    const run = (active: number): unknown => {
      let got: unknown
      at.active = active
      at.ticks = 0
      // oxlint-disable-next-line typescript/no-implied-eval, no-new-func
      new Function('result', code)((value: unknown) => (got = value))
      return got
    }
    try {
      expect(run(nobody)).toBe(4)
      expect(at.met.size).toBe(mutants.length)
      const outcomes = mutants.map(({ id, kind }) => {
        at.maxTicks = 1_000
        try {
          return `${kind}: ${String(run(id))}`
        } catch (error) {
          return `${kind}: ${(error as Error).message}`
        }
      })
      expect(outcomes).toEqual([
        'condition: 1',
        'boundary: 7',
        `update: The mutant 2 does not end.`,
        'statement: 1',
        'assignment: -2',
        'update: 2',
        'statement: undefined',
      ])
    } finally {
      globalThis.mutantSwitch = before
    }
  })
})
