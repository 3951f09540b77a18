/** What is no promise and can be awaited all the same. */
export function thenable(then: (resolve: (value: unknown) => void, reject: (error: unknown) => void) => void): unknown {
  return Object.fromEntries(new Map([['then', then]]))
}
