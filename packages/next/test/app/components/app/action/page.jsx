import { updateTag } from 'next/cache'
import { connection } from 'next/server'
import { Suspense } from 'react'
import { sharedNumber } from '../numbers.js'
import { Value } from '../value.jsx'

async function update() {
  'use server'
  updateTag('numbers')
}

async function Shared() {
  await connection()
  return <Value name="shared" of={await sharedNumber()} />
}

export default function Page() {
  return (
    <form action={update}>
      <Suspense>
        <Shared />
      </Suspense>
      <button type="submit">Update</button>
    </form>
  )
}
