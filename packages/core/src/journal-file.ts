import type * as fileSystem from 'node:fs'
import type { Journalled } from './contracts.ts'

type Fs = typeof fileSystem

/** The first line. */
export const journalHeader = 'holdfast-journal 1\n'
const kinds = new Set(['k', 't', 'a'])
/** A file that is larger was not written by us, or says more than everything. */
const mostBytes = 64 * 1024 * 1024
const nothing: Journalled = { keys: [], tags: [], all: false }
const everything: Journalled = { keys: [], tags: [], all: true }

/**
 * The journal of a process in a file, for the next process: one line an entry, with a checksum. What is written has been handed to the
 * operating system when a call returns: it survives the end of the process, though not of the machine. One process at a time.
 *
 * A file that cannot be understood, or whose end is missing, says everything. One that cannot be written any more is made so that it does.
 */
export class JournalFile {
  readonly #path: string
  readonly #fs: Fs
  readonly #failed: (cause: unknown) => void
  #left: Journalled = nothing
  #descriptor: number | undefined
  #entries = 0

  /** @param failed told once, when the file cannot be used any more; the journal goes on in memory */
  constructor(path: string, failed: (cause: unknown) => void) {
    this.#path = path
    this.#failed = failed
    // Asked for when it is needed: where there are no files core runs all the same.
    this.#fs = process.getBuiltinModule('node:fs')
    try {
      this.#open()
    } catch (cause) {
      this.#fail(cause)
    }
  }

  /** What an earlier process left. */
  get left(): Journalled {
    return this.#left
  }

  /** Lines in it. */
  get entries(): number {
    return this.#entries
  }

  append(kind: 'k' | 't', names: readonly string[]): void {
    this.#try((descriptor) =>
      this.#write(descriptor, names.map((name) => journalLine(kind, name)).join(''), names.length),
    )
  }

  /** Replaces what is in it, at once or not at all. */
  rewrite({ keys, tags, all }: Journalled): void {
    this.#try((descriptor) => {
      const lines = all
        ? [journalLine('a', '')]
        : [...keys.map((name) => journalLine('k', name)), ...tags.map((name) => journalLine('t', name))]
      const next = `${this.#path}.next`
      this.#fs.writeFileSync(next, journalHeader + lines.join(''))
      this.#fs.renameSync(next, this.#path)
      this.#fs.closeSync(descriptor)
      this.#descriptor = this.#fs.openSync(this.#path, 'a')
      this.#entries = lines.length
    })
  }

  clear(): void {
    this.#try((descriptor) => {
      if (this.#entries === 0) return
      this.#fs.ftruncateSync(descriptor, journalHeader.length)
      this.#entries = 0
    })
  }

  close(): void {
    this.#try((descriptor) => this.#fs.closeSync(descriptor))
    this.#descriptor = undefined
  }

  #open(): void {
    const fs = this.#fs
    const text = fs.existsSync(this.#path) ? read(fs, this.#path) : ''
    const left = text === '' ? nothing : parseJournal(text)
    this.#left = left ?? everything
    this.#descriptor = fs.openSync(this.#path, 'a')
    if (text === '') this.#write(this.#descriptor, journalHeader, 0)
    else if (left === undefined) this.rewrite(everything)
    else this.#entries = left.keys.length + left.tags.length + (left.all ? 1 : 0)
  }

  #write(descriptor: number, text: string, entries: number): void {
    const bytes = Buffer.from(text)
    for (let at = 0; at < bytes.length;) at += this.#fs.writeSync(descriptor, bytes, at)
    this.#entries += entries
  }

  #try(act: (descriptor: number) => void): void {
    if (this.#descriptor === undefined) return
    try {
      act(this.#descriptor)
    } catch (cause) {
      this.#fail(cause)
    }
  }

  #fail(cause: unknown): void {
    this.#spoil()
    this.#failed(cause)
  }

  /** What it says is not all any more: it must not be believed. Shortening a file needs no space. */
  #spoil(): void {
    const descriptor = this.#descriptor
    this.#descriptor = undefined
    if (descriptor === undefined) return
    try {
      this.#fs.ftruncateSync(descriptor, 1)
      this.#fs.closeSync(descriptor)
    } catch {
      // There is nothing more that could be done to it.
    }
  }
}

function read(fs: Fs, path: string): string {
  return fs.statSync(path).size > mostBytes ? 'too large' : fs.readFileSync(path, 'utf8')
}

/** What a file says; `undefined` when it cannot be believed. */
export function parseJournal(text: string): Journalled | undefined {
  if (!text.startsWith(journalHeader) || !text.endsWith('\n')) return undefined
  const found = { k: [] as string[], t: [] as string[], a: [] as string[] }
  for (const each of text.slice(journalHeader.length).split('\n').slice(0, -1)) {
    const kind = each[9]
    const name = nameIn(each)
    if (name === undefined || kind === undefined || !kinds.has(kind)) return undefined
    found[kind as 'k' | 't' | 'a'].push(name)
  }
  return { keys: found.k, tags: found.t, all: found.a.length > 0 }
}

function nameIn(text: string): string | undefined {
  if (text.slice(0, 8) !== checksum(text.slice(9))) return undefined
  try {
    const name: unknown = JSON.parse(text.slice(10))
    return typeof name === 'string' ? name : undefined
  } catch {
    return undefined
  }
}

/** An entry: names are of one line each, whatever is in them. */
export function journalLine(kind: 'k' | 't' | 'a', name: string): string {
  const text = kind + JSON.stringify(name)
  return `${checksum(text)} ${text}\n`
}

/** FNV-1a in 32 bits: it finds what was torn or overwritten, not what was forged. */
function checksum(text: string): string {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  return (value >>> 0).toString(16).padStart(8, '0')
}
