import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Who signs the certificates of servers that trust each other. */
export interface Authority {
  /** What clients must trust, as PEM. */
  readonly cert: string
  readonly privateKey: string
}

export async function makeAuthority(): Promise<Authority> {
  // Not before a certificate is asked for: its imports define dozens of globals.
  const { generate } = await import('selfsigned')
  const { cert, private: privateKey } = await generate([{ name: 'commonName', value: 'Holdfast test authority' }], {
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  return { cert, privateKey }
}

/** Writes `server.crt` and `server.key` of a server, and `ca.crt` of the authority that signs it. */
export async function writeCertificate(folder: string, authority: Authority): Promise<void> {
  const { generate } = await import('selfsigned')
  const server = await generate([{ name: 'commonName', value: 'localhost' }], {
    ca: { key: authority.privateKey, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  })
  await Promise.all([
    writeFile(join(folder, 'server.crt'), server.cert),
    writeFile(join(folder, 'server.key'), server.private, { mode: 0o600 }),
    writeFile(join(folder, 'ca.crt'), authority.cert),
  ])
}
