import { createKit, type Kit } from './create-kit.ts'

let kit: Kit<{}, {}> | undefined

/** The kit that the environment alone makes, on first use. */
export function defaultKit(): Kit<{}, {}> {
  kit ??= createKit()
  return kit
}
