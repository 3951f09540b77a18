/** Turns on one mutant at a time, and knows which of them a test meets. */
export interface MutantSwitch {
  /** Whether the mutant is on. It stands at every place that can be broken. */
  (id: number): boolean
  active: number
  /** How often any place was met. */
  ticks: number
  /** From here on every place throws: what runs so long will not end. */
  maxTicks: number
  met: Set<number>
}

declare global {
  var mutantSwitch: MutantSwitch
}

export function installSwitch(): MutantSwitch {
  const at = ((id) => {
    if (++at.ticks > at.maxTicks) throw new Error(`The mutant ${at.active} does not end.`)
    if (at.active === nobody) at.met.add(id)
    return id === at.active
  }) as MutantSwitch
  Object.assign(at, { active: nobody, ticks: 0, maxTicks: Number.POSITIVE_INFINITY, met: new Set() })
  globalThis.mutantSwitch = at
  return at
}

/** Nothing is broken. */
export const nobody = -1
