import type { Command } from './link.ts'

/**
 * Commands as Redis reads them, in one piece: a string of ASCII when they are made of nothing else, else a buffer into which every
 * byte is copied once. ioredis' own encoding makes a buffer of each argument first; with hundreds of arguments that was a third of
 * the CPU of a write. Text is taken for ASCII, looked at while it is written, and cut again where it was not.
 */
export function encode(commands: readonly Command[]): string | Buffer {
  const pieces = cut(commands, charLength)
  const [first] = pieces
  if (pieces.length === 1 && typeof first === 'string' && isAscii(first)) return first
  return joinAscii(pieces) ?? Buffer.concat(cut(commands, byteLength).map(bytesOf))
}

type Piece = string | Uint8Array

/** Cuts them where bytes stand: text, bytes, text, bytes, …, text. */
function cut(commands: readonly Command[], lengthOf: (text: string) => number): readonly Piece[] {
  const pieces: Piece[] = []
  let text = ''
  for (const command of commands) {
    text += `*${command.length}\r\n`
    for (const arg of command) {
      if (typeof arg === 'string') {
        text += `$${lengthOf(arg)}\r\n${arg}\r\n`
      } else {
        pieces.push(`${text}$${arg.length}\r\n`, arg)
        text = '\r\n'
      }
    }
  }
  pieces.push(text)
  return pieces
}

function bytesOf(piece: Piece): Uint8Array {
  return typeof piece === 'string' ? Buffer.from(piece) : piece
}

function charLength(text: string): number {
  return text.length
}

function byteLength(text: string): number {
  return Buffer.byteLength(text)
}

function isAscii(text: string): boolean {
  return byteLength(text) === text.length
}

/** `undefined` when some of the text is not ASCII. */
function joinAscii(pieces: readonly Piece[]): Buffer | undefined {
  let length = 0
  for (const piece of pieces) length += piece.length
  const bytes = Buffer.allocUnsafe(length)
  let at = 0
  for (const piece of pieces) {
    if (typeof piece !== 'string') bytes.set(piece, at)
    else if (!writeAscii(bytes, piece, at)) return undefined
    at += piece.length
  }
  return bytes
}

/** What is longer is written outside of JavaScript. */
const longText = 64

function writeAscii(bytes: Buffer, text: string, at: number): boolean {
  if (text.length > longText) return isAscii(text) && bytes.write(text, at, 'latin1') === text.length
  let seen = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    bytes[at + i] = code
    seen |= code
  }
  return seen < 128
}
