/**
 * Whether this process is part of `next build`. Nothing is read, stored or connected to then: a build has to work where there is no
 * Redis, and must not put its pages into the cache of what runs meanwhile.
 */
export function isBuilding(): boolean {
  return process.env['NEXT_PHASE'] === 'phase-production-build'
}
