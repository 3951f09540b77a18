import { cacheLife, cacheTag } from 'next/cache'
import { Value } from '../../value.jsx'

export async function generateStaticParams() {
  return [{ id: 'built' }]
}

export default async function Page({ params }) {
  'use cache'
  const { id } = await params
  cacheTag('posts', `post-${id}`)
  cacheLife('hours')
  return <Value name="rendered" of={`${id} ${crypto.randomUUID()}`} />
}
