import { availableParallelism } from 'node:os'
import { transform } from 'esbuild'
import { defaultExclude, defineConfig, type Plugin } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

// Vitest's transform does not lower TC39 decorators and Node cannot run them: lower only the files that use them.
function standardDecorators(): Plugin {
  return {
    name: 'standard-decorators',
    enforce: 'pre',
    transform: {
      filter: { id: /\.ts$/, code: /^\s*@[A-Za-z_$]|[{;]\s*@[A-Za-z_$]/m },
      async handler(code, id) {
        if (id.includes('/legacy/')) return null
        const lowered = await transform(code, {
          loader: 'ts',
          target: 'es2023',
          sourcefile: id,
          sourcemap: 'external',
          keepNames: false,
          supported: { decorators: false },
          tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
        })
        return { code: lowered.code, map: lowered.map }
      },
    },
  }
}

/** Files that take long begin first, so that none is left alone at the end. */
class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isSlow = ({ moduleId }: TestSpecification): boolean =>
      /\/simulation\/|history|(load|bench)\/test\//.test(moduleId)
    return (await super.sort(files)).sort((a, b) => Number(isSlow(b)) - Number(isSlow(a)))
  }
}

/** What takes half a minute or more is played apart: `pnpm test:slow`, which CI runs too. */
const isSlow = process.env['TESTS'] === 'slow'

function inSource(folders: readonly string[], ending: string): string[] {
  return folders.map((folder) => `${folder}/{src,test}/**/*.${ending}`)
}

/** The package whose coverage is measured: `pnpm coverage`. */
const measured = process.env['COVERAGE'] ?? '*'

export default defineConfig({
  plugins: [standardDecorators()],
  resolve: { conditions: ['@holdfast/source'] },
  ssr: { resolve: { conditions: ['@holdfast/source'], externalConditions: ['@holdfast/source'] } },
  test: {
    include: inSource(['packages/*', '{bench,load,docs}'], isSlow ? 'slow.test.ts' : 'test.ts'),
    exclude: [...defaultExclude, ...(isSlow ? [] : ['**/*.slow.test.ts'])],
    isolate: true,
    sequence: { sequencer: SlowFirst },
    // Many tests wait for processes: two at a time on two processors, where one would be the default.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    globalSetup: ['packages/testing/test/global-setup.ts'],
    teardownTimeout: 5000,
    testTimeout: 15_000,
    hookTimeout: 30_000,
    coverage: {
      provider: 'v8',
      include: [`packages/${measured}/src/**/*.ts`],
      exclude: ['**/*.test.ts', '**/*.test-d.ts'],
      reportsDirectory: `node_modules/.cache/coverage/${measured}`,
      reporter: ['json-summary', 'json'],
      reportOnFailure: true,
      thresholds: { lines: 95 },
    },
  },
})
