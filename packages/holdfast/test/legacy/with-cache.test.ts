import { InvalidOptionError } from '@holdfast/core'
import { describe, expect, it } from 'vitest'
import { kitForTest } from '../kit-for-test.ts'

describe('withCache, as a legacy decorator', () => {
  it('caches by class, method and arguments', async () => {
    const { withCache, Cache } = kitForTest()
    class LeadsController {
      calls = 0

      @withCache({ ttl: 300, tags: ['leads'] })
      async getLead(id: string): Promise<string> {
        this.calls += 1
        return `lead ${id}`
      }
    }
    const controller = new LeadsController()

    const answers = [await controller.getLead('1'), await controller.getLead('1')]

    expect(answers).toEqual(['lead 1', 'lead 1'])
    expect(controller.calls).toBe(1)
    expect(await Cache.get('LeadsController.getLead:"1"')).toBe('lead 1')
  })

  it('never shares the answer to a request with credentials', async () => {
    const { withCache } = kitForTest()
    class AccountController {
      @withCache()
      async getAccount(request: Request): Promise<string | null> {
        return request.headers.get('cookie')
      }
    }
    const controller = new AccountController()
    const get = (cookie: string) => controller.getAccount(new Request('http://localhost/me', { headers: { cookie } }))

    expect([await get('a=1'), await get('a=2')]).toEqual(['a=1', 'a=2'])
  })

  it('keeps the name and the length of the method', () => {
    const { withCache } = kitForTest()
    class Prices {
      @withCache()
      async of(_state: string, _plan: string): Promise<number> {
        return 1
      }
    }

    expect([Prices.prototype.of.name, Prices.prototype.of.length]).toEqual(['of', 2])
  })

  it('refuses what is no method', () => {
    const { withCache } = kitForTest()
    const decorate = withCache() as unknown as (
      target: object,
      property: string,
      descriptor?: PropertyDescriptor,
    ) => void

    expect(() => decorate({}, 'field')).toThrow(InvalidOptionError)
    expect(() => decorate({}, 'getter', { get: () => 1 })).toThrow(InvalidOptionError)
  })
})
