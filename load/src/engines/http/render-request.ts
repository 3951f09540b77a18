import type { CatalogEntry } from '../../traffic/catalog.ts'

/** The bytes of a request, made once for all times it is sent. */
export function renderRequest(entry: CatalogEntry): string {
  const head = `${entry.type === 'read' ? 'GET' : entry.method} ${entry.path} HTTP/1.1\r\nhost: localhost\r\n`
  if (entry.type === 'read') return `${head}\r\n`
  return `${head}content-type: application/json\r\ncontent-length: ${Buffer.byteLength(entry.body)}\r\n\r\n${entry.body}`
}
