import { expect, it } from 'vitest'
import { readAll, streamOf } from './byte-stream.ts'

it('reads what it streams, again and again', async () => {
  const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => i % 256)

  expect(await readAll(streamOf(bytes))).toEqual(bytes)
  expect(await readAll(streamOf(bytes))).toEqual(bytes)
  expect(await readAll(streamOf(new Uint8Array()))).toEqual(new Uint8Array())
})

it('joins chunks, and keeps none of them', async () => {
  const chunk = new Uint8Array([1, 2])
  const read = await readAll(
    new ReadableStream({
      start(controller) {
        controller.enqueue(chunk)
        controller.enqueue(new Uint8Array([3]))
        controller.close()
      },
    }),
  )
  chunk[0] = 9

  expect(read).toEqual(new Uint8Array([1, 2, 3]))
})

it('throws what the stream fails with', async () => {
  const failing = new ReadableStream<Uint8Array>({
    start: (controller) => controller.error(new Error('rendering failed')),
  })

  await expect(readAll(failing)).rejects.toThrow('rendering failed')
})
