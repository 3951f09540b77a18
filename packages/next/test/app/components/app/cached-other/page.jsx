import { connection } from 'next/server'
import { Suspense } from 'react'
import { numberOf, sharedNumber } from '../numbers.js'
import { Value } from '../value.jsx'

async function Numbers() {
  await connection()
  return (
    <>
      <Value name="shared" of={await sharedNumber()} />
      <Value name="one" of={await numberOf('one')} />
      <Value name="rendered" of={crypto.randomUUID()} />
    </>
  )
}

export default function Page() {
  return (
    <Suspense>
      <Numbers />
    </Suspense>
  )
}
