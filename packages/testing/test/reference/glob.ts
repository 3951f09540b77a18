/** A glob of the cache as a regular expression over whole keys. */
export function globToRegExp(pattern: string): RegExp {
  const literally = (character: string): string => `\\u{${character.codePointAt(0)!.toString(16)}}`
  const source = pattern.replaceAll(/\\(.)|([*?])|([^\w])/gsu, (_all, escaped, wild, other) => {
    if (escaped !== undefined) return literally(String(escaped))
    if (wild !== undefined) return wild === '*' ? '.*' : '.'
    return literally(String(other))
  })
  return new RegExp(`^${source}$`, 'su')
}
