import * as vitest from 'vitest'

/** One thing that a contract asks for. */
export interface Case<Subject> {
  /** `group > sentence about behaviour`; stable, so that it can be skipped by name. */
  readonly name: string
  /** Rejects or throws when it does not hold. */
  readonly run: (subject: Subject) => void | Promise<void>
}

/** Cases that cannot hold for an adapter, and why. Printed with the reason. */
export interface Skip {
  readonly reason: string
  /** Names as the suite prints them: `scan > finds every key`. */
  readonly cases: readonly string[]
}

/**
 * Declares every case as a test.
 *
 * @throws {Error} when a skip names a case that does not exist, or gives no reason: the list would rot silently
 */
export function declareSuite<Subject>(
  title: string,
  cases: readonly Case<Subject>[],
  skip: readonly Skip[],
  around: (run: Case<Subject>['run']) => void | Promise<void>,
): void {
  const reasons = reasonsByCase(title, cases, skip)
  const groups = new Set(cases.map(groupOf))
  vitest.describe(title, () => {
    for (const group of groups) {
      vitest.describe(group, () => {
        for (const each of cases.filter((member) => groupOf(member) === group))
          declare(each, reasons.get(each.name), around)
      })
    }
  })
}

function declare<Subject>(
  { name, run }: Case<Subject>,
  reason: string | undefined,
  around: (run: Case<Subject>['run']) => void | Promise<void>,
): void {
  const sentence = name.slice(name.indexOf(' > ') + 3)
  const test = (): void | Promise<void> => around(run)
  vitest.it.skipIf(reason !== undefined)(reason === undefined ? sentence : `${sentence} (${reason})`, test)
}

function groupOf(each: { readonly name: string }): string {
  return each.name.slice(0, each.name.indexOf(' > '))
}

function reasonsByCase(
  title: string,
  cases: readonly Case<never>[],
  skip: readonly Skip[],
): ReadonlyMap<string, string> {
  const known = new Set(cases.map((each) => each.name))
  const reasons = new Map<string, string>()
  for (const { reason, cases: names } of skip) {
    if (reason.trim() === '') throw new Error(`${title}: a skip needs its reason.`)
    for (const name of names) {
      if (!known.has(name))
        throw new Error(
          `${title}: there is no case ${JSON.stringify(name)} to skip. There are:\n  ${[...known].join('\n  ')}`,
        )
      reasons.set(name, reason)
    }
  }
  return reasons
}
