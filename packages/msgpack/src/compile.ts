import { compileFunction } from 'node:vm'

/** A function from its text, for what is only known at run time and too slow in a loop. */
export function compile(parameters: readonly string[], body: string): unknown {
  return compileFunction(body, parameters)
}
