import { testSerializer } from '@holdfast/testing'

import { msgpack } from './msgpack.ts'

testSerializer({ open: () => msgpack() })
for (const method of ['deflate', 'brotli', 'zstd'] as const) {
  testSerializer({ name: `msgpack compressed by ${method}`, open: () => msgpack({ compress: { above: 1, method } }) })
}
