import { unstable_cache } from 'next/cache'
import { Value } from '../value.jsx'

export const revalidate = 3600

const data = unstable_cache(async () => crypto.randomUUID(), ['data'], { tags: ['data'], revalidate: 3600 })

export default async function Page() {
  return (
    <>
      <Value name="data" of={await data()} />
      <Value name="rendered" of={crypto.randomUUID()} />
    </>
  )
}
