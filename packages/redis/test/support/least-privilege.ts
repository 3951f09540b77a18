import { readFileSync } from 'node:fs'

/** The page that says what a user must be allowed. */
export const topologiesPage = readFileSync(`${import.meta.dirname}/../../../../docs/guides/topologies.md`, 'utf8')

/** The rule of the page, for the prefix `shop:`. */
export const leastPrivilege = /^ACL SETUSER shop on >secret (.*)$/m.exec(topologiesPage)![1]!
