/** Now, in milliseconds since the Unix epoch as known when the process started; never steps back. Next dates its entries by it too. */
export function now(): number {
  return performance.timeOrigin + performance.now()
}
