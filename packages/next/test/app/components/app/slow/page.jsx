import { connection } from 'next/server'
import { Suspense } from 'react'
import { slowText } from '../numbers.js'
import { Value } from '../value.jsx'

async function Text() {
  await connection()
  return <Value name="slow" of={await slowText()} />
}

export default function Page() {
  return (
    <Suspense fallback={<Value name="shell" of="at once" />}>
      <Text />
    </Suspense>
  )
}
