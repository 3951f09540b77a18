import type { Wire } from '../world/wire.ts'
import type { EventClock } from './event-clock.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { Settings } from './settings.ts'

/** Puts seeded delays on a wire. Announcements keep their order always; commands and replies only on a single connection. */
export function lag(wire: Wire, clock: EventClock, random: SeededRandom, settings: Settings): void {
  const { wireMs, announcementMs, isPooled } = settings
  const lane = (slowestMs: number, isOrdered: boolean): (() => Promise<void>) => {
    let lastAt = 0
    return () => {
      const at = clock.now() + random.between(0, slowestMs)
      lastAt = isOrdered ? Math.max(lastAt, at) : at
      return clock.after(lastAt - clock.now())
    }
  }
  if (wireMs > 0) {
    wire.request = lane(wireMs, !isPooled)
    wire.reply = lane(wireMs, !isPooled)
  }
  if (announcementMs > 0) wire.announcement = lane(announcementMs, true)
}
