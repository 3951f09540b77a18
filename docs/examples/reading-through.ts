import assert from 'node:assert/strict'
import { createCache } from 'holdfast'

interface Product {
  readonly id: string
  readonly price: number
}
interface Rates {
  readonly version: string
  readonly euro: number
}

class Cart {
  readonly #prices: readonly number[]

  constructor({ prices }: { readonly prices: readonly number[] }) {
    this.#prices = prices
  }

  total(): number {
    return this.#prices.reduce((sum, price) => sum + price, 0)
  }
}

let queries = 0
const shop = {
  product: async (id: string, signal: AbortSignal): Promise<Product | null> => {
    signal.throwIfAborted()
    queries++
    return id === 'tv' ? { id, price: 100 } : null
  },
  cart: async (id: string) => ({ id, prices: [60, 40] }),
  rates: async (signal: AbortSignal, known: string | undefined): Promise<Rates | 'not modified'> => {
    signal.throwIfAborted()
    return known === 'v1' ? 'not modified' : { version: 'v1', euro: 1.08 }
  },
}
const request = new Request('http://localhost/')
await using cache = createCache()

// #region read
const product = await cache.getOrSet('product:tv', ({ signal }) => shop.product('tv', signal), { ttl: '10m' })
// #endregion read

// #region absent
// `null` is a value: that there is no such product is remembered, for a shorter time.
const none = await cache.getOrSet('product:sofa', ({ signal }) => shop.product('sofa', signal), {
  ttl: (found) => (found === null ? '30s' : '10m'),
})
// #endregion absent

// #region plain
// Its fields are stored; the instance is made anew for each reader.
const cart = async (id: string) => new Cart(await cache.getOrSet(`cart:${id}`, () => shop.cart(id)))
// #endregion plain

// #region context
const rates = () =>
  cache.getOrSet(
    'rates',
    async ({ stale, keep, ttl, tags, signal }): Promise<Rates> => {
      const answer = await shop.rates(signal, (stale as Rates | undefined)?.version)
      if (answer === 'not modified') return keep() // the stale value is fresh again
      ttl(answer.euro > 1 ? '1h' : '10m') // instead of the option's
      tags(['rates', `rates:${answer.version}`]) // besides the option's
      return answer
    },
    { grace: '1d' },
  )
// #endregion context

// #region leave
// Who leaves stops waiting. The load goes on while others wait for it, and is aborted when nobody does.
const forThisRequest = cache.getOrSet('product:tv', ({ signal }) => shop.product('tv', signal), {
  signal: request.signal,
})
// #endregion leave

// #region lookup
const found = await cache.lookup('product:tv')
console.log(found?.value, found?.from, found?.ageMs, found?.ttlMs, found?.isStale)
// #endregion lookup

assert.deepEqual([product, await forThisRequest, none], [{ id: 'tv', price: 100 }, { id: 'tv', price: 100 }, null])
assert.equal(await cache.get('product:sofa'), null)
assert.equal((await cart('7')).total(), 100)
assert.equal(queries, 2)
assert.equal(found?.from, 'memory')
const first = await rates()
await cache.expire('rates')
assert.equal(await rates(), first)
assert.deepEqual((await cache.lookup('rates'))?.tags, ['rates', 'rates:v1'])
