import { notFound } from 'next/navigation'
import { Value } from '../../value.jsx'

export const revalidate = 3600

export async function generateStaticParams() {
  return [{ id: 'built' }]
}

export default async function Page({ params }) {
  const { id } = await params
  if (id === 'missing') notFound()
  return <Value name="rendered" of={`${id} ${crypto.randomUUID()}`} />
}
