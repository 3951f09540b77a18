/**
 * A function of the user's that fails no request: what it throws is a warning, and the answer is the fallback.
 *
 * @param option whose function it is, for the warning
 */
export function careful<A extends readonly unknown[], R>(
  option: string,
  call: (...args: A) => R,
  fallback: (...args: A) => R,
): (...args: A) => R {
  return (...args) => {
    try {
      return call(...args)
    } catch (error) {
      process.emitWarning(`The option \`${option}\` of cacheResponse threw: ${String(error)}`, 'HoldfastWarning')
      return fallback(...args)
    }
  }
}
