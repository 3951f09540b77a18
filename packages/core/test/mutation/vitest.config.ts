import { join } from 'node:path'
import { defineConfig, type Plugin } from 'vitest/config'
import { mutateAll } from './run.ts'

function mutants(): Plugin {
  const files = mutateAll()
  return {
    name: 'mutants',
    enforce: 'pre',
    transform(_code, id) {
      const mutated = files.get(id)
      return mutated === undefined ? null : { code: mutated.code, map: null }
    },
  }
}

// Run by `cli.ts` only. One thread and one module graph, so that a mutant costs no more than the tests that meet it.
export default defineConfig({
  plugins: [mutants()],
  resolve: { conditions: ['@holdfast/source'] },
  ssr: { resolve: { conditions: ['@holdfast/source'], externalConditions: ['@holdfast/source'] } },
  test: {
    root: import.meta.dirname,
    include: ['every.ts'],
    runner: join(import.meta.dirname, 'mutation-runner.ts'),
    pool: 'threads',
    isolate: false,
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 1_000,
    watch: false,
    reporters: [{}],
  },
})
