/** The words of the Local Power API: what may stand in a row, a path and a cache key. */

export const regions = [
  'california',
  'texas',
  'florida',
  'arizona',
  'nevada',
  'colorado',
  'utah',
  'oregon',
  'washington',
  'georgia',
  'virginia',
  'new-york',
] as const
export type Region = (typeof regions)[number]

export const statuses = ['NEW', 'CONTACTED', 'QUALIFIED', 'WON', 'LOST'] as const
export type Status = (typeof statuses)[number]

export const sources = ['web', 'referral', 'phone', 'partner', 'fair'] as const
export const eventKinds = ['call', 'email', 'visit', 'note'] as const
export const plans = ['basic', 'green', 'night', 'business'] as const
export const reports = ['overview', 'funnel', 'sources', 'reps'] as const
export type Report = (typeof reports)[number]

/** Words that lie in the notes of leads, for searching. */
export const noteWords = [
  'roof',
  'battery',
  'inverter',
  'heat pump',
  'shade',
  'permit',
  'financing',
  'tenant',
  'slate',
  'carport',
  'wallbox',
  'meter',
  'feed-in',
  'south side',
  'outage',
  'neighbour',
  'warranty',
  'rebate',
  'callback',
  'evening',
] as const

export function isRegion(text: string): text is Region {
  return (regions as readonly string[]).includes(text)
}

export function isStatus(text: unknown): text is Status {
  return (statuses as readonly unknown[]).includes(text)
}

export function isReport(text: string): text is Report {
  return (reports as readonly string[]).includes(text)
}
