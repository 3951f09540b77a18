import { RespParser } from '../redis/resp.ts'

const mostCommands = 32
const mostBytes = 256 * 1024
const subscribing = new Set(['SUBSCRIBE', 'PSUBSCRIBE', 'SSUBSCRIBE'])

/** Reads along what a client sends first, to know connections apart. What is not RESP ends it. */
export class Sniffer {
  readonly commands: string[] = []
  isSubscriber = false
  readonly #parser = new RespParser()
  #bytes = 0
  #isDone = false

  feed(chunk: Uint8Array): void {
    if (this.#isDone) return
    this.#bytes += chunk.length
    try {
      for (const command of this.#parser.push(chunk)) {
        const name = Array.isArray(command) && Buffer.isBuffer(command[0]) ? command[0].toString().toUpperCase() : '?'
        if (this.commands.length < mostCommands) this.commands.push(name)
        if (subscribing.has(name)) this.isSubscriber = true
      }
      this.#isDone = this.isSubscriber || this.commands.length >= mostCommands || this.#bytes > mostBytes
    } catch {
      this.#isDone = true
    }
  }
}
