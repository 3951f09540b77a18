import { existsSync } from 'node:fs'
import { chromium, type Browser } from 'playwright-core'

const known = [
  process.env['HOLDFAST_TEST_CHROMIUM'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]

/** The browser of this machine, `undefined` where there is none. */
export const chromiumPath: string | undefined = known.find((path) => path !== '' && existsSync(path))

if (chromiumPath === undefined)
  console.log('skipped: no Chromium here (Debian: apt-get install chromium, or set HOLDFAST_TEST_CHROMIUM)')

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath!, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}
