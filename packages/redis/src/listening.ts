import type { SessionGround } from './session-ground.ts'
import type { Connector, SubscriberLink } from './link.ts'

/** What became of the attempt to listen. */
export type Heard = 'all' | 'nothing' | 'refused'

/** The subscriber connection of a session that is being opened. */
export class Listening {
  readonly subscriber: SubscriberLink
  /** Its id at the server, once it is known. */
  clientIds: readonly number[] = []
  /** Takes announcements. What comes before it is set is of no concern to a session that knows nothing yet. */
  onAnnouncement: (message: Buffer) => void = () => undefined
  /** Takes keys of Redis whose load is over. */
  onOver: (redisKey: string) => void = () => undefined
  /** Resolves when a message to the session itself has come. */
  readonly testHeard: Promise<void>

  constructor(connector: Connector, ground: SessionGround, me: string) {
    this.subscriber = connector.connectSubscriber()
    const { channel, commonChannel, overs } = ground.keys
    this.testHeard = new Promise((resolve) => {
      this.subscriber.onMessage = (to, message) => {
        if (to === channel || to === commonChannel) this.onAnnouncement(message)
        else if (to === overs) this.onOver(message.toString())
        else resolve()
      }
    })
    this.#channels = [...new Set([channel, commonChannel]), ground.keys.inbox(me), overs]
  }

  readonly #channels: readonly string[]

  /** Connects and subscribes. Never rejects: a session can do without. */
  async begin(within: <T>(promise: Promise<T>) => Promise<T>): Promise<Heard> {
    try {
      await within(this.subscriber.opened)
      // Asked first: a connection that has subscribed answers no other questions.
      const [id] = await within(this.subscriber.send([['CLIENT', 'ID']]))
      if (typeof id === 'number') this.clientIds = [id]
      const refusal = await within(this.subscriber.subscribe(this.#channels))
      return refusal === undefined ? 'all' : 'refused'
    } catch {
      this.subscriber.close()
      return 'nothing'
    }
  }
}
