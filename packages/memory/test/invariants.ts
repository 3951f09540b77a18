import type { BoundedStore } from '../src/memory-store.ts'
import { buckets, firstSlot, inMain, main, none, usesMask, window } from '../src/slots.ts'

/** Throws unless everything that the store knows of its slots agrees. */
export function checkInvariants(store: BoundedStore): void {
  const { slots, regions, wheel } = store
  const inWindow = ringOf(slots.links, window)
  const ofMain = ringOf(slots.links, main)
  const live = [...inWindow, ...ofMain]
  const isLive = new Set(live)
  const weightOf = (slot: number): number => (slots.weight === undefined ? 1 : slots.weight[slot]!)
  const weigh = (ring: readonly number[]): number => ring.reduce((sum, slot) => sum + weightOf(slot), 0)

  must(isLive.size === live.length, 'each slot is in one region')
  must(
    live.every((slot) => slot >= firstSlot && slot < firstSlot + slots.most),
    'entries lie in slots of their own',
  )
  must(regions.size === live.length && regions.windowSize === inWindow.length, 'the sizes are those of the rings')
  must(regions.weight === weigh(live) && regions.windowWeight === weigh(inWindow), 'the weights add up')
  must(
    inWindow.every((slot) => slots.state[slot]! <= usesMask),
    'what waits is in the window',
  )
  must(
    ofMain.every((slot) => (slots.state[slot]! & ~usesMask) === inMain),
    'the others are in main',
  )

  must(store.size === live.length, 'the map knows all')
  must(store.size <= (store.maxEntries ?? Number.POSITIVE_INFINITY), 'no more entries than the bound')
  must((store.bytes ?? 0) <= (store.maxBytes ?? 0), 'no more bytes than the bound')
  const known = new Set(store.keys())
  must(known.size === live.length && live.every((slot) => known.has(slots.keys[slot]!)), 'keys lie in their slots')

  for (const [slot, entry] of slots.entries.entries()) {
    must((entry !== undefined) === isLive.has(slot), 'a free slot keeps no entry alive')
    must(((slots.keys[slot] ?? '') !== '') === isLive.has(slot), 'a free slot keeps no key alive')
  }

  const timed = Array.from({ length: buckets }, (_, bucket) => ringOf(slots.wheel, bucket)).flat()
  const untimed = live.filter((slot) => slots.wheel[2 * (buckets + slot) + 1] === none)
  must(new Set(timed).size === timed.length && wheel.size === timed.length, 'each slot is in one bucket')
  must(
    timed.every((place) => isLive.has(place - buckets)),
    'nothing expires that is not there',
  )
  must(timed.length + untimed.length === live.length, 'all that expires is in the wheel')
}

/** The places in a ring, from the oldest; every one must be linked both ways. */
function ringOf(links: Int32Array, ring: number): number[] {
  const places: number[] = []
  let before = ring
  for (let place = links[2 * ring]!; place !== ring; place = links[2 * place]!) {
    must(links[2 * place + 1] === before, 'a place is linked both ways')
    must(places.length < links.length, 'a ring closes')
    places.push(place)
    before = place
  }
  must(links[2 * ring + 1] === before, 'a ring ends at its youngest')
  return places
}

function must(holds: boolean, invariant: string): void {
  if (!holds) throw new Error(`Broken: ${invariant}.`)
}
