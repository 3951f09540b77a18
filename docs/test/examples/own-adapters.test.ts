// #region suites
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testRemoteStore, testSerializer } from '@holdfast/testing'
import { msgpack } from 'holdfast'
import { afterAll } from 'vitest'
import { encrypted } from '../../examples/own-serializer.ts'
import { sqliteStore } from '../../examples/own-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'own-store-'))
afterAll(() => rmSync(folder, { recursive: true }))

testRemoteStore({ name: 'sqliteStore', open: () => sqliteStore(join(folder, 'cache.db')), abilities: [] })

const key = randomBytes(32)
testSerializer({ open: () => encrypted(msgpack(), key) })
// #endregion suites
