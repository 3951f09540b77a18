import type { Cache } from '@holdfast/core'

/** Names that OpenTelemetry's semantic conventions give; a test compares them with the published list. */
export const conventions = {
  operationDuration: 'db.client.operation.duration',
  system: 'db.system.name',
  operation: 'db.operation.name',
  batchSize: 'db.operation.batch.size',
  serverAddress: 'server.address',
  serverPort: 'server.port',
  errorType: 'error.type',
} as const

/** Ours, where there is no convention. */
export const own = {
  cache: 'holdfast.cache.name',
  namespace: 'holdfast.namespace',
  key: 'holdfast.key',
  keys: 'holdfast.key.count',
} as const

export type Attributes = Record<string, string | number>

/** What a call of the remote store carries. */
export function callAttributes(cache: Cache, operation: string, size: number): Attributes {
  const { remote } = cache.describe()
  const [, host, port] = /^(.+):(\d+)$/.exec(String(remote?.details?.['address'] ?? '')) ?? []
  return {
    [own.cache]: cache.name,
    [conventions.system]: remote?.name ?? 'unknown',
    [conventions.operation]: operation,
    ...(host === undefined ? {} : { [conventions.serverAddress]: host }),
    ...(port === undefined ? {} : { [conventions.serverPort]: Number(port) }),
    // By convention a batch of one is none.
    ...(size > 1 ? { [conventions.batchSize]: size } : {}),
  }
}

/** The type of an error: its code where it has one, and never its message, which may tell anything. */
export function errorType(error: unknown): string {
  if (!(error instanceof Error)) return '_OTHER'
  const { code } = error as { readonly code?: unknown }
  return typeof code === 'string' ? code : error.name
}
