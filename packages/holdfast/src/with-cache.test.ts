import { InvalidOptionError } from '@holdfast/core'
import { describe, expect, it } from 'vitest'
import { kitForTest } from '../test/kit-for-test.ts'

function request(url: string, headers: Record<string, string> = {}): Request {
  return new Request(url, { headers })
}

describe('withCache, as a standard decorator', () => {
  it('caches by class, method and arguments', async () => {
    const { withCache, Cache } = kitForTest({ tags: { LEADS: 'leads' } })
    class LeadsController {
      calls: string[] = []

      @withCache({ ttl: 300, tags: ['leads'] })
      async getLead(id: string): Promise<string> {
        this.calls.push(id)
        return `lead ${id}`
      }
    }
    const controller = new LeadsController()

    const answers = [await controller.getLead('1'), await controller.getLead('1'), await controller.getLead('2')]

    expect(answers).toEqual(['lead 1', 'lead 1', 'lead 2'])
    expect(controller.calls).toEqual(['1', '2'])
    expect(await Cache.get('LeadsController.getLead:"1"')).toBe('lead 1')
  })

  it('counts a request as its method and URL', async () => {
    const { withCache } = kitForTest()
    let calls = 0
    class LeadsController {
      @withCache({ ttl: 300 })
      async getLeads(_request: Request): Promise<number> {
        return ++calls
      }
    }
    const controller = new LeadsController()

    const first = await controller.getLeads(request('http://localhost/leads?a=1&b=2'))
    const same = await controller.getLeads(request('http://localhost/leads?b=2&a=1'))
    const other = await controller.getLeads(request('http://localhost/leads?a=1&b=3'))

    expect([first, same, other]).toEqual([1, 1, 2])
  })

  it.each(['authorization', 'cookie'])(
    'never shares the answer to a request with %s, and says so once',
    async (header) => {
      const { withCache, lines } = kitForTest({ remote: false })
      class AccountController {
        @withCache()
        async getAccount(incoming: Request): Promise<string | null> {
          return incoming.headers.get(header)
        }
      }
      const controller = new AccountController()

      const one = await controller.getAccount(request('http://localhost/me', { [header]: 'one' }))
      const two = await controller.getAccount(request('http://localhost/me', { [header]: 'two' }))

      expect([one, two]).toEqual(['one', 'two'])
      expect(lines).toEqual([
        expect.stringContaining(`AccountController.getAccount() is not cached: the request carries \`${header}\``),
      ])
    },
  )

  it('shares it among those that vary makes equal', async () => {
    const { withCache } = kitForTest()
    let calls = 0
    class AccountController {
      @withCache({ vary: ['authorization'] })
      async getAccount(incoming: Request): Promise<string> {
        calls += 1
        return incoming.headers.get('authorization') ?? ''
      }
    }
    const controller = new AccountController()
    const get = (token: string) => controller.getAccount(request('http://localhost/me', { authorization: token }))

    expect([await get('one'), await get('two'), await get('one')]).toEqual(['one', 'two', 'one'])
    expect(calls).toBe(2)
  })

  it('takes a key, or a function of the arguments with its this', async () => {
    const { withCache, Cache } = kitForTest()
    class Repository {
      readonly tenant = 't1'

      @withCache({ key: 'fixed' })
      async all(): Promise<string> {
        return 'all'
      }

      @withCache({
        key(this: Repository, id: string) {
          return `${this.tenant}:${id}`
        },
      })
      async one(id: string): Promise<string> {
        return id
      }
    }
    const repository = new Repository()

    await repository.all()
    await repository.one('7')

    expect(await Cache.get('fixed')).toBe('all')
    expect(await Cache.get('t1:7')).toBe('7')
  })

  it('waits for the parameters that Next.js gives as a promise', async () => {
    const { withCache } = kitForTest()
    let calls = 0
    class Route {
      @withCache()
      async get(_request: Request, _context: { params: Promise<{ id: string }> }): Promise<number> {
        return ++calls
      }
    }
    const route = new Route()
    const get = (id: string) => route.get(request('http://localhost/leads'), { params: Promise.resolve({ id }) })

    expect([await get('1'), await get('1'), await get('2')]).toEqual([1, 1, 2])
  })

  it('calls the method past the cache when no key can be made', async () => {
    const { withCache, lines } = kitForTest({ remote: false })
    let calls = 0
    class Search {
      @withCache()
      async find(_filter: () => boolean): Promise<number> {
        return ++calls
      }
    }
    const search = new Search()

    expect([await search.find(() => true), await search.find(() => false)]).toEqual([1, 2])
    expect(lines).toEqual([expect.stringContaining('Search.find() is not cached: argument 1 is or holds a function')])
  })

  it('does not trust the short names that bundlers give, unless there is a name', async () => {
    const { withCache, lines } = kitForTest({ remote: false })
    const makeClass = (answer: string, name?: string) =>
      class t {
        @withCache({ name })
        async get(): Promise<string> {
          return answer
        }
      }
    const One = makeClass('one')
    const Two = makeClass('two')
    const Named = makeClass('named', 'Prices.get')

    expect([await new One().get(), await new Two().get()]).toEqual(['one', 'two'])
    expect(lines).toEqual([expect.stringContaining('`name`')])
    expect([await new Named().get(), await new Named().get()]).toEqual(['named', 'named'])
  })

  it('keeps two classes of one name apart', async () => {
    const { withCache } = kitForTest()
    const first = (() => {
      class Reports {
        @withCache()
        async list(): Promise<string> {
          return 'of sales'
        }
      }
      return new Reports()
    })()
    const second = (() => {
      class Reports {
        @withCache()
        async list(): Promise<string> {
          return 'of users'
        }
      }
      return new Reports()
    })()

    expect([await first.list(), await second.list(), await first.list()]).toEqual(['of sales', 'of users', 'of sales'])
  })

  it('keeps subclasses apart', async () => {
    const { withCache } = kitForTest()
    class Animal {
      sound(): string {
        return '?'
      }

      @withCache()
      async speak(): Promise<string> {
        return this.sound()
      }
    }
    class Dog extends Animal {
      override sound(): string {
        return 'woof'
      }
    }

    expect([await new Animal().speak(), await new Dog().speak()]).toEqual(['?', 'woof'])
  })

  it('caches static methods', async () => {
    const { withCache } = kitForTest()
    let calls = 0
    class Prices {
      readonly list = []

      @withCache()
      static async all(): Promise<number> {
        return ++calls
      }
    }

    expect([await Prices.all(), await Prices.all()]).toEqual([1, 1])
  })

  it("rejects with the method's own error", async () => {
    const { withCache } = kitForTest()
    class Broken {
      @withCache()
      async get(): Promise<never> {
        throw new RangeError('mine')
      }
    }

    await expect(new Broken().get()).rejects.toThrow(RangeError)
  })

  it('refuses options that cannot be used when it decorates', () => {
    const { withCache } = kitForTest()

    expect(() => withCache({ ttl: -1 })).toThrow(InvalidOptionError)
  })

  it('decorates asynchronous methods only', () => {
    const { withCache } = kitForTest()
    class Sync {
      // @ts-expect-error it would become asynchronous behind the back of its callers
      @withCache()
      get(): number {
        return 1
      }
    }

    expect(new Sync()).toBeDefined()
  })
})
