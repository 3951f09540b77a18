import { compile } from './compile.ts'

/** Reads so many bytes of ASCII as a string; `undefined` where they are more than ASCII. */
type ReadAscii = (bytes: Uint8Array, at: number) => string | undefined

/** Longer ones are left to the runtime: the call into it costs less than naming each byte. */
const longest = 32

/**
 * Reads short strings of ASCII, by length: one function a length, which names each byte, because any loop and any call into the runtime
 * costs several times as much.
 */
export const readAscii: readonly ReadAscii[] = Array.from({ length: longest + 1 }, (_, length) => make(length))

function make(length: number): ReadAscii {
  if (length === 0) return () => ''
  const names = Array.from({ length }, (_, index) => `c${index}`)
  const reads = names.map((name, index) => `${name} = bytes[at + ${index}]`)
  const text = `String.fromCharCode(${names.join()})`
  return compile(
    ['bytes', 'at'],
    `const ${reads.join()}; return (${names.join('|')}) < 128 ? ${text} : undefined`,
  ) as ReadAscii
}
