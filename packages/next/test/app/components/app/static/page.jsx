import { cacheLife, cacheTag } from 'next/cache'
import { Value } from '../value.jsx'

export default async function Page() {
  'use cache'
  cacheTag('static')
  cacheLife('hours')
  return <Value name="rendered" of={crypto.randomUUID()} />
}
