/** A sequence of requests for keys numbered from 0 by first appearance, so that every policy sees the same one. */
export interface Trace {
  readonly name: string
  readonly requests: Uint32Array
  /** How many different keys are requested. */
  readonly unique: number
}

/** Numbers any identifiers by first appearance. */
export function numberKeys(name: string, identifiers: Iterable<string | number>, length: number): Trace {
  const numbers = new Map<string | number, number>()
  const requests = new Uint32Array(length)
  let at = 0
  for (const identifier of identifiers) {
    let number = numbers.get(identifier)
    if (number === undefined) {
      number = numbers.size
      numbers.set(identifier, number)
    }
    requests[at++] = number
  }
  return { name, requests: requests.subarray(0, at), unique: numbers.size }
}
