import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { builtAtRoot, builtBefore, linkedFrom } from './house/builds.ts'
import { circles } from './house/cycles.ts'
import { importsIn, isOwn, packageOf, readPackages, readSources, root, target } from './house/sources.ts'
import { readTable, type Row } from './house/table.ts'

const packages = readPackages()
const sources = readSources()
const table = readTable()

describe('the house', () => {
  it('is the one that docs/architecture.md shows', () => {
    const sorted = (rows: readonly Pick<Row, 'name' | 'standsOn' | 'libraries'>[]): string[] =>
      rows.map((row) => [row.name, row.standsOn.toSorted(), row.libraries.toSorted()].flat().join(' ')).toSorted()

    expect(sorted(packages)).toEqual(sorted(table))
  })

  it('has arrows that point down only', () => {
    const floors = new Map(table.map(({ name, floor }) => [name, floor]))

    const upOrSideways = packages.flatMap(({ name, standsOn }) =>
      standsOn.filter((other) => !(floors.get(other)! < floors.get(name)!)).map((other) => `${name} → ${other}`),
    )

    expect(upOrSideways).toEqual([])
  })

  it('stands on a core that imports nothing foreign', () => {
    const foreign = sources
      .filter(({ folder }) => folder === 'core')
      .flatMap(({ path, imports }) =>
        imports.filter((each) => !/^(\.|node:)/.test(each)).map((each) => `${path}: ${each}`),
      )

    expect(foreign).toEqual([])
  })

  it('names each third-party library in one package', () => {
    const named = packages.flatMap(({ libraries }) => libraries)

    const twice = named.filter((library, at) => named.indexOf(library) !== at)

    expect(twice).toEqual([])
  })

  it('tests with its own testing package alone', () => {
    const others = packages.flatMap(({ name, testsWith }) =>
      testsWith.filter((other) => other !== '@holdfast/testing').map((other) => `${name} tests with ${other}`),
    )

    expect(others).toEqual([])
  })

  it('imports only what its manifests declare', () => {
    const declared = new Map(packages.map((each) => [each.folder, [each.name, ...each.standsOn, ...each.libraries]]))

    const undeclared = sources.flatMap(({ path, folder, imports }) =>
      imports
        .filter((each) => !/^(\.|node:)/.test(each) && !declared.get(folder)!.includes(packageOf(each)))
        .map((each) => `${path}: ${each}`),
    )

    expect(undeclared).toEqual([])
  })

  it('declares only what it imports', () => {
    const imported = new Map(
      packages.map(({ folder }) => [
        folder,
        new Set(sources.filter((file) => file.folder === folder).flatMap(({ imports }) => imports.map(packageOf))),
      ]),
    )

    const unused = packages.flatMap(({ folder, name, standsOn, libraries }) =>
      [...standsOn, ...libraries]
        .filter((each) => !imported.get(folder)!.has(each))
        .map((each) => `${name} declares ${each}`),
    )

    expect(unused).toEqual([])
  })

  it('imports files, never its own index', () => {
    const throughIndex = sources.flatMap((file) =>
      file.imports
        .filter((each) => each.startsWith('.') && /^packages\/[^/]+\/src\/index\.ts$/.test(target(file, each)))
        .map((each) => `${file.path}: ${each}`),
    )
    const toItself = sources.flatMap(({ path, folder, imports }) => {
      const own = packages.find((each) => each.folder === folder)!.name
      return imports.filter((each) => isOwn(each) && packageOf(each) === own).map((each) => `${path}: ${each}`)
    })

    expect([...throughIndex, ...toItself]).toEqual([])
  })

  it('imports in no circle, types included', () => {
    const graph = new Map(
      sources.map((file) => [
        file.path,
        file.imports.filter((each) => each.startsWith('.')).map((each) => target(file, each)),
      ]),
    )
    const missing = [...graph].flatMap(([from, to]) =>
      to.filter((each) => !graph.has(each)).map((each) => `${from}: ${each}`),
    )

    expect(missing).toEqual([])
    expect(circles(graph)).toEqual([])
  })

  it('has no source file above 300 lines', () => {
    expect(sources.filter(({ lines }) => lines > 300).map(({ path, lines }) => `${path}: ${lines}`)).toEqual([])
  })

  it('builds every package, after those that it stands on', () => {
    const folderOf = new Map(packages.map(({ name, folder }) => [name, folder]))
    const needed = packages.map(({ folder, standsOn }) => [
      folder,
      standsOn.map((name) => folderOf.get(name)!).toSorted(),
    ])

    expect(packages.map(({ folder }) => [folder, builtBefore(folder)?.toSorted()])).toEqual(needed)
    expect(builtAtRoot().toSorted()).toEqual(packages.map(({ folder }) => folder).toSorted())
  })

  it.each(['README.md', 'docs/README.md'])('is shown whole on %s', (page) => {
    const shown = linkedFrom(page)

    expect(packages.filter(({ folder }) => !shown.has(folder)).map(({ name }) => name)).toEqual([])
  })

  it('has a page for every package', () => {
    const without = packages.filter(({ folder }) => !existsSync(join(root, 'packages', folder, 'README.md')))

    expect(without.map(({ name }) => name)).toEqual([])
  })

  it('takes time from the clock alone, in core and memory', () => {
    const tellers = sources
      .filter(({ folder, path }) => (folder === 'core' || folder === 'memory') && !path.endsWith('/clock.ts'))
      .filter(({ code }) => /\bDate\.now\b|\bperformance\.now\b|\bset(Timeout|Interval|Immediate)\b/.test(code))
      .map(({ path }) => path)

    expect(tellers).toEqual([])
  })
})

describe('what looks at the house', () => {
  it('sees every way to import', () => {
    const code = [
      `import a from 'a'`,
      `import type { B } from "b"`,
      `import {\n  c,\n  type D,\n} from './c.ts'`,
      `export * from '../e.ts'`,
      `export type { F } from 'f/g'`,
      `import 'h'`,
      `const i = await import('i')`,
      `import * as j from 'j'; export { k } from 'k'`,
      `export const none = 'from "nowhere"'`,
    ].join('\n')

    expect(importsIn(code)).toEqual(['a', 'b', './c.ts', '../e.ts', 'f/g', 'h', 'i', 'j', 'k'])
  })

  it('sees circles, and files that import themselves', () => {
    const graph = new Map([
      ['a', ['b', 'c']],
      ['b', ['d']],
      ['c', ['d']],
      ['d', ['b']],
      ['e', ['e']],
      ['f', ['a']],
    ])

    expect(circles(graph).map((circle) => [...circle].sort())).toEqual([['b', 'd'], ['e']])
  })
})
