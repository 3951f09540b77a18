/**
 * All bytes of a stream.
 *
 * @throws what the stream errors with: half a value is none
 */
export async function readAll(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return chunks.length === 1 ? Uint8Array.from(chunks[0]!) : new Uint8Array(Buffer.concat(chunks))
}

/** A stream of some bytes, made when it is read. Not one of type `'bytes'`, which would take the bytes away from their owner. */
export function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull(controller) {
      controller.enqueue(bytes)
      controller.close()
    },
  })
}
