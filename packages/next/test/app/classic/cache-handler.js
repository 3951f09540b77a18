import { createKit } from 'holdfast'
import { createIsrCacheHandler } from 'holdfast/next'

// The application's own cache: one connection, one memory, one vocabulary of tags.
const { cache } = createKit({ tags: { DATA: 'data' } })

export default createIsrCacheHandler({ cache })
