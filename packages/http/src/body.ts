/** A body in the making: what passes by is copied until it is too large. */
export class Collector {
  readonly #maxBytes: number
  #chunks: Uint8Array[] | undefined = []
  #bytes = 0
  #settle!: (body: Uint8Array | undefined) => void
  /** The whole body; `undefined` when it was too large or broke off. */
  readonly body: Promise<Uint8Array | undefined> = new Promise((resolve) => {
    this.#settle = resolve
  })

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Whether it still makes sense to go on. */
  get isOpen(): boolean {
    return this.#chunks !== undefined
  }

  /** @param chunk copied where its owner may use it again */
  add(chunk: Uint8Array): void {
    if (this.#chunks === undefined) return
    this.#bytes += chunk.byteLength
    if (this.#bytes > this.#maxBytes) return this.fail()
    this.#chunks.push(chunk)
  }

  end(): void {
    const chunks = this.#chunks
    if (chunks === undefined) return
    this.#chunks = undefined
    this.#settle(chunks.length === 1 ? Uint8Array.from(chunks[0]!) : new Uint8Array(Buffer.concat(chunks)))
  }

  /** It broke off, or is too large. */
  fail(): void {
    this.#chunks = undefined
    this.#settle(undefined)
  }
}
