// A program that imports every entry and makes kits, as a build does, and uses none.
import { createKit } from '../src/index.ts'
import * as middleware from '../src/middleware.ts'
import * as redis from '../src/redis.ts'

const { cache } = createKit({ tags: { LEADS: 'leads' } })
if (Object.keys(middleware).length + Object.keys(redis).length === 0 || cache === undefined) process.exitCode = 1
