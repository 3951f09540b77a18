import type { UseCacheHandler } from '@holdfast/next'
import { createCacheHandler } from './next.ts'

const handler: UseCacheHandler = createCacheHandler()

// What Next looks for in the file that `cacheHandlers` names.
export default handler
