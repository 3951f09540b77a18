// A planted bug: what was read from one node is believed as long as another is heard.
import { Session } from '../../src/session.ts'

export { createCacheFor } from '../cache-module.ts'

const own = Object.getOwnPropertyDescriptor(Session.prototype, 'ownGuards')!
const ownGuards = (session: Session): readonly object[] => own.get!.call(session) as readonly object[]
const others = new WeakMap<object, readonly object[]>()

Object.defineProperty(Session.prototype, 'ownGuards', {
  get(this: Session) {
    const root = this.root === this ? undefined : this.root?.belief.guard
    if (root === undefined) return ownGuards(this)
    const there = others.get(root) ?? [root]
    others.set(root, there)
    return there
  },
})
