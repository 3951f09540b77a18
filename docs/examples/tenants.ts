import assert from 'node:assert/strict'
import { createCache } from 'holdfast'

interface Invoice {
  readonly id: string
  readonly tenant: string
}

await using cache = createCache()
const readInvoice = async (tenant: string, id: string): Promise<Invoice> => ({ id, tenant })

// #region tenants
// The tenant comes from who is signed in, never from the request's own word, and is part of every key by itself.
const invoices = (tenant: string) => cache.namespace<Invoice>(`tenant/${encodeURIComponent(tenant)}`)

const invoice = (tenant: string, id: string) =>
  invoices(tenant).getOrSet(`invoice:${id}`, () => readInvoice(tenant, id), { ttl: '10m' })
// #endregion tenants

assert.equal((await invoice('a', '1')).tenant, 'a')
assert.equal((await invoice('b', '1')).tenant, 'b')
await invoices('a').clear()
assert.equal(await invoices('a').get('invoice:1'), undefined)
assert.notEqual(await invoices('b').get('invoice:1'), undefined)
