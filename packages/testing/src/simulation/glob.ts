/** Whether a glob of Redis matches a whole text: `*`, `?`, `[a-z]`, `[^a-z]`, and `\` for the next character as it is. */
export function globMatches(pattern: string, text: string): boolean {
  let at = 0
  let in_ = 0
  let star = -1
  let starAt = 0
  while (at < text.length) {
    const step = pattern[in_] === '*' ? undefined : matchOne(pattern, in_, text[at]!)
    if (step !== undefined && step > 0) {
      in_ += step
      at += 1
    } else if (pattern[in_] === '*') {
      star = in_
      starAt = at
      in_ += 1
    } else if (star >= 0) {
      starAt += 1
      at = starAt
      in_ = star + 1
    } else return false
  }
  while (pattern[in_] === '*') in_ += 1
  return in_ >= pattern.length
}

/** How much of the pattern one character matches; 0 when it does not. */
function matchOne(pattern: string, from: number, character: string): number {
  const first = pattern[from]
  if (first === undefined) return 0
  if (first === '?') return 1
  if (first === '[') return matchSet(pattern, from, character)
  if (first === '\\' && from + 1 < pattern.length) return pattern[from + 1] === character ? 2 : 0
  return first === character ? 1 : 0
}

function matchSet(pattern: string, from: number, character: string): number {
  let at = from + 1
  const isNegated = pattern[at] === '^'
  if (isNegated) at += 1
  let isIn = false
  while (at < pattern.length && pattern[at] !== ']') {
    if (pattern[at] === '\\' && at + 1 < pattern.length) {
      at += 1
      isIn ||= pattern[at] === character
      at += 1
    } else if (pattern[at + 1] === '-' && at + 2 < pattern.length) {
      const [low, high] = [pattern[at]!, pattern[at + 2]!].toSorted()
      isIn ||= character >= low! && character <= high!
      at += 3
    } else {
      isIn ||= pattern[at] === character
      at += 1
    }
  }
  const length = Math.min(at + 1, pattern.length) - from
  return isIn === isNegated ? 0 : length
}
