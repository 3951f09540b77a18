import { createHash, timingSafeEqual } from 'node:crypto'
import { InvalidOptionError } from '@holdfast/core'

const shortestToken = 16

/** Who may do what. Nothing is taken from cookies, so that another site can make a browser do nothing here. */
export class Access {
  readonly #hash: Buffer | undefined

  /** @throws {InvalidOptionError} for a token that could be guessed */
  constructor(token: string | undefined) {
    if (token !== undefined && (typeof token !== 'string' || token.length < shortestToken))
      throw new InvalidOptionError(`Expected \`token\` to be a secret of at least ${shortestToken} characters.`)
    this.#hash = token === undefined ? undefined : sha256(token)
  }

  get hasToken(): boolean {
    return this.#hash !== undefined
  }

  /** Whether a request carries the token. Takes as long for a wrong one as for the right one. */
  isGiven(request: Request): boolean {
    const given = /^Bearer +(\S.*)$/i.exec(request.headers.get('authorization') ?? '')?.[1] ?? ''
    return this.#hash !== undefined && timingSafeEqual(sha256(given), this.#hash)
  }

  /** Whether a browser says that another site sent it. */
  isFromElsewhere(request: Request): boolean {
    const site = request.headers.get('sec-fetch-site')
    if (site !== null && site !== 'same-origin' && site !== 'none') return true
    const origin = request.headers.get('origin')
    if (origin === null) return false
    const host = request.headers.get('host') ?? new URL(request.url).host
    return !URL.canParse(origin) || new URL(origin).host !== host
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
