// Starts a server, says where it is, and waits to be killed.
import { startRedis } from '../src/redis/index.ts'

const redis = await startRedis()
const pid = Number(/process_id:(\d+)/.exec(String(await redis.command('INFO', 'server')))![1])
const [, folder] = (await redis.command('CONFIG', 'GET', 'dir')) as string[]
if (process.argv[2] === 'frozen') await redis.freeze()
process.stdout.write(`${JSON.stringify({ pid, folder })}\n`)
setInterval(() => {}, 60_000)
