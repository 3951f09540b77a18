import type { IsrHandlerClass } from '@holdfast/next'
import { createIsrCacheHandler } from './next.ts'

const handler: IsrHandlerClass = createIsrCacheHandler()

// What Next looks for in the file that `cacheHandler` names.
export default handler
