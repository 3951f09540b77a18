/** Names under one prefix: what the store keeps where. Everything of its own begins with `~`; users' keys and tags come escaped. */
export class Keyspace {
  readonly prefix: string
  /** The root epoch: what was written in another one is invalid. */
  readonly epoch: string
  /** The run ids of the servers that are known. In the epoch's slot. */
  readonly runs: string
  /** The channel on which this node's invalidations are announced. */
  readonly channel: string
  /** The channel for announcements by hand, which every node passes on. */
  readonly commonChannel: string
  /** The channel on which those who wait for a load of another process hear that it is over: keys of Redis. */
  readonly overs: string

  /** @param node the id of a node, where there are several: each has a channel of its own */
  constructor(prefix: string, node = '') {
    this.prefix = prefix
    this.epoch = `${prefix}~{hf}epoch`
    this.runs = `${prefix}~{hf}runs`
    this.commonChannel = `${prefix}~!`
    this.channel = this.commonChannel + node
    this.overs = `${prefix}~!+`
  }

  key(name: string): string {
    return this.prefix + name
  }

  tag(name: string): string {
    return `${this.prefix}~tag:${name}`
  }

  /** A session's own channel, to test whether it hears. */
  inbox(me: string): string {
    return this.commonChannel + me
  }

  /** The whole key of what stands under a key of Redis; `undefined` for bookkeeping. */
  nameOf(redisKey: string): string | undefined {
    const name = redisKey.slice(this.prefix.length)
    return name.startsWith('~') && name[1] !== '~' ? undefined : name
  }
}
