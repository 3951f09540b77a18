import { cacheLife, cacheTag } from 'next/cache'

async function now() {
  'use cache'
  cacheTag('now')
  cacheLife('hours')
  return crypto.randomUUID()
}

export async function GET() {
  return Response.json({ rendered: await now() })
}
