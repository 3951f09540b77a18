/**
 * The loops around what is measured. This file imports nothing: each contender gets an instance of its own (see `freshLoops`), so
 * that the call in the loop sees one kind of callee only. Arguments are cycled; their number is a power of two.
 *
 * Every loop looks at each result. A contender that stops hitting is an error, never a fast bench, and no call is dead code.
 */
export type Operation<A> = (argument: A) => unknown

/** Runs n operations. */
export type Loop = (n: number) => void | Promise<void>

/** Whether a result is what a hit looks like. */
export type Check = (result: unknown) => boolean

function failed(result: unknown): never {
  throw new Error(`Expected a hit in every operation, got ${String(result)}.`)
}

export function synchronous<A>(operation: Operation<A>, args: readonly A[], isGood: Check): Loop {
  const mask = args.length - 1
  let at = 0
  return (n) => {
    for (let i = 0; i < n; i++) {
      const result = operation(args[at] as A)
      if (!isGood(result)) failed(result)
      at = (at + 1) & mask
    }
  }
}

export function awaited<A>(operation: Operation<A>, args: readonly A[], isGood: Check): Loop {
  const mask = args.length - 1
  let at = 0
  return async (n) => {
    for (let i = 0; i < n; i++) {
      const result = await operation(args[at] as A)
      if (!isGood(result)) failed(result)
      at = (at + 1) & mask
    }
  }
}

/** Keeps `width` operations under way: each starts the next one when it has ended. */
export function inFlight<A>(operation: Operation<A>, args: readonly A[], isGood: Check, width: number): Loop {
  const mask = args.length - 1
  let at = 0
  return async (n) => {
    let left = n
    const work = async (): Promise<void> => {
      while (left-- > 0) {
        const argument = args[at] as A
        at = (at + 1) & mask
        const result = await operation(argument)
        if (!isGood(result)) failed(result)
      }
    }
    await Promise.all(Array.from({ length: Math.min(width, n) }, work))
  }
}

/** Starts `width` operations on a key that was never used before, at the same moment; counts as `width` operations. */
export function crowded(operation: Operation<string>, isGood: Check, width: number): Loop {
  let fresh = 0
  return async (n) => {
    for (let left = n; left > 0; left -= width) {
      const key = `cold:${fresh++}`
      const results = await Promise.all(Array.from({ length: width }, () => operation(key)))
      for (const result of results) if (!isGood(result)) failed(result)
    }
  }
}
