import { transform } from 'esbuild'
import { defineConfig, type Plugin } from 'vitest/config'

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

export default defineConfig({
  plugins: [standardDecorators()],
  resolve: { conditions: ['@holdfast/source'] },
  ssr: { resolve: { conditions: ['@holdfast/source'], externalConditions: ['@holdfast/source'] } },
  test: {
    include: ['packages/*/{src,test}/**/*.test.ts', '{bench,load,docs}/{src,test}/**/*.test.ts'],
    isolate: true,
    globalSetup: ['packages/testing/test/global-setup.ts'],
    teardownTimeout: 5000,
    testTimeout: 15_000,
    hookTimeout: 30_000,
  },
})
