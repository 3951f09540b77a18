import { testMemoryStore } from '@holdfast/testing'

import { memoryStore } from './memory-store.ts'

testMemoryStore({
  name: 'memoryStore',
  open: (bounds) => memoryStore(bounds),
  abilities: ['maxEntries', 'maxBytes', 'onEvict'],
})
