import { onTestFinished } from 'vitest'
import { createKit, type Kit, type KitOptions } from '../src/create-kit.ts'
import type { KeyBuilders, TagNames } from '../src/vocabulary.ts'

let made = 0

/** A kit of its own, whose environment is the one given and nothing else; closed when the test ends. */
export function kitForTest<const K extends KeyBuilders = {}, const T extends TagNames = {}>(
  options: KitOptions<K, T> = {},
): Kit<K, T> & { readonly lines: readonly string[] } {
  const lines: string[] = []
  made += 1
  const kit = createKit<K, T>({ name: `test-${made}`, env: {}, log: (line) => lines.push(line), ...options })
  onTestFinished(() => kit.close())
  return { ...kit, lines }
}
