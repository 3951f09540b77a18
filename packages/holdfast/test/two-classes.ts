// Two classes with a method of one name and source, as after minifying they may have one name of a letter, too.
import { createKit } from '../src/create-kit.ts'

const { withCache, close } = createKit({ env: {} })

function leadsController() {
  class Controller {
    readonly #what = 'leads'

    @withCache({ ttl: 300 })
    async list(): Promise<string> {
      return this.#what
    }
  }
  return new Controller()
}

function usersController() {
  class Controller {
    readonly #what = 'users'

    @withCache({ ttl: 300 })
    async list(): Promise<string> {
      return this.#what
    }
  }
  return new Controller()
}

const [leads, users] = [leadsController(), usersController()]
const rounds = [
  [await leads.list(), await users.list()],
  [await leads.list(), await users.list()],
]
console.log(JSON.stringify(rounds))
await close()
