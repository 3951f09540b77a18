import { makeAuthority, writeCertificate, type Authority } from './certificate.ts'
import { freePort } from './free-port.ts'

/** How a server is reached with TLS. */
export interface TlsEnd {
  /** `rediss://127.0.0.1:…`, with the password where there is one. */
  readonly url: string
  readonly port: number
  /** The certificate of the authority that signed the server's, as PEM. */
  readonly ca: string
}

/** Writes the certificate of a server, and takes a port for it. */
export async function openTlsEnd(
  folder: string,
  tls: boolean | Authority = false,
): Promise<Pick<TlsEnd, 'port' | 'ca'> | undefined> {
  if (tls === false) return undefined
  const authority = tls === true ? await makeAuthority() : tls
  await writeCertificate(folder, authority)
  return { port: await freePort(), ca: authority.cert }
}

/** The directives of such a server. */
export function tlsLines(port: number): readonly string[] {
  return [
    `tls-port ${port}`,
    'tls-cert-file server.crt',
    'tls-key-file server.key',
    'tls-ca-cert-file ca.crt',
    'tls-auth-clients no',
  ]
}
