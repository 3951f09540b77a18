import type { RemoteRead, RemoteStore, RemoteWrite } from '../../src/contracts.ts'
import { Wire } from './wire.ts'

/** A store of somebody else with the four required methods and nothing more. */
export interface BareStore extends RemoteStore {
  readonly wire: Wire
  readonly held: Map<string, RemoteWrite>
  isClosed: boolean
}

/** @param held what is stored, to be shared by several */
export function bareStore(held: Map<string, RemoteWrite> = new Map()): BareStore {
  const wire = new Wire()
  return {
    wire,
    held,
    isClosed: false,
    getMany: (keys) => wire.carry('getMany', () => keys.map((key) => read(held.get(key)))),
    setMany: (writes) =>
      wire.carry('setMany', () => {
        for (const write of writes) held.set(write.key, write)
        return writes.map(() => [])
      }),
    deleteMany: (keys) =>
      wire.carry('deleteMany', () => {
        for (const key of keys) held.delete(key)
      }),
    async close() {
      this.isClosed = true
    },
  }
}

function read(write: RemoteWrite | undefined): RemoteRead {
  return write === undefined ? undefined : { type: 'entry', ...write }
}
