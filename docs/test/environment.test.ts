import { parseEnvironment, type Variables } from 'holdfast'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const page = readFileSync(join(import.meta.dirname, '../reference/environment.md'), 'utf8')
const rows = Array.from(page.matchAll(/^\| `(\w+)` \| (?:`([^`]*)`|none) \|/gm), ([, name, value]) => ({
  name: name!,
  value,
}))

it('docs/reference/environment.md lists every variable that is read, and no other', () => {
  const read = new Set<string>()
  const watched = (variables: Variables): Variables =>
    new Proxy(variables, {
      get(target, name) {
        read.add(String(name))
        return target[name as string]
      },
    })

  // REDIS_PORT is read only where there is a host, and what the Sentinels are asked only where there are some.
  const sentinels = { REDIS_SENTINELS: 'localhost', REDIS_SENTINEL_NAME: 'main' }
  for (const variables of [{}, { REDIS_HOST: 'localhost', NODE_ENV: 'development' }, sentinels])
    parseEnvironment(watched(variables))

  expect(rows.map(({ name }) => name).toSorted()).toEqual([...read].sort())
})

it('docs/reference/environment.md knows what holds where nothing is said', () => {
  // With a host and in production, as the page says of these two.
  const base: Variables = { REDIS_HOST: 'localhost', NODE_ENV: 'production' }
  const said = rows.filter(({ value }) => value !== undefined)
  const withDefaults = { ...base, ...Object.fromEntries(said.map(({ name, value }) => [name, value!])) }
  delete (withDefaults as Record<string, string>)['REDIS_DB']

  expect(parseEnvironment(withDefaults)).toEqual(parseEnvironment(base))
  expect(said.length).toBeGreaterThan(8)
})
