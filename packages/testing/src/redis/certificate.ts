import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generate } from 'selfsigned'

/**
 * Writes `server.crt`, `server.key` and `ca.crt` of an authority made for this one server.
 *
 * @returns what clients must trust, as PEM
 */
export async function writeCertificate(folder: string): Promise<{ readonly ca: string }> {
  const authority = await generate([{ name: 'commonName', value: 'Holdfast test authority' }], {
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  const server = await generate([{ name: 'commonName', value: 'localhost' }], {
    ca: { key: authority.private, cert: authority.cert },
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
  return { ca: authority.cert }
}
