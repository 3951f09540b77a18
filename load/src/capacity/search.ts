/** What a rate was found to be. `late`: the generator could not keep it up, so nothing is known of the server. */
export type Trial = 'held' | 'broken' | 'late'

/** The highest rate that holds lies between the two. Requests a second. */
export interface Capacity {
  readonly held: number
  /** The lowest that was seen to break; `Infinity` when the generator gave up first. */
  readonly broken: number
  readonly trials: readonly { readonly rate: number; readonly trial: Trial }[]
}

export interface SearchOptions {
  readonly startRate: number
  /** Ends when `broken / held` is at most this. @default 1.1 */
  readonly closeness?: number
  /** How often in a row the result must hold. @default 3 */
  readonly confirmations?: number
}

/** Doubles until a rate breaks, halves the distance by its logarithm, and confirms what is left; a rate that fails that is lowered. */
export async function findCapacity(
  tryRate: (rate: number) => Promise<Trial>,
  options: SearchOptions,
): Promise<Capacity> {
  const { startRate, closeness = 1.1, confirmations = 3 } = options
  const trials: { rate: number; trial: Trial }[] = []
  const found = { held: 0, broken: Number.POSITIVE_INFINITY, isLate: false }

  const look = async (rate: number): Promise<boolean> => {
    const trial = await tryRate(rate)
    trials.push({ rate, trial })
    if (trial === 'held') found.held = Math.max(found.held, rate)
    else if (trial === 'broken') found.broken = Math.min(found.broken, rate)
    else found.isLate = true
    return trial === 'held'
  }

  for (let rate = startRate; await look(rate); rate *= 2);
  // Below what the search began with nothing is known yet.
  for (let rate = startRate / 2; found.held === 0 && rate >= 1; rate /= 2) await look(rate)
  while (!found.isLate && found.held > 0 && found.broken / found.held > closeness)
    await look(Math.sqrt(found.held * found.broken))
  for (let confirmed = 0; found.held >= 1 && confirmed < confirmations;) {
    if (await look(found.held)) confirmed++
    else {
      found.held /= closeness
      confirmed = 0
    }
  }
  return { held: found.held, broken: found.broken, trials }
}
