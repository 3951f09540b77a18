import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createCache, type Cache } from '@holdfast/core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { alerts, type Alerts } from '../../src/alerts.ts'
import { page as built } from '../../src/dashboard/page.ts'
import { serveDashboard, type ServedDashboard } from '../../src/dashboard/serve-dashboard.ts'
import { chromiumPath, launch } from './chromium.ts'
import { plainMemory } from '../support/stage.ts'

// A browser on a busy machine takes its time.
vi.setConfig({ testTimeout: 60_000 })

const token = 'a-secret-of-enough-length'
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

it('the page is what its sources make', async () => {
  const page = (await import(new URL('../../page/build.mjs', import.meta.url).href)) as { buildPage(): string }

  expect(page.buildPage().includes(JSON.stringify(built.html)), 'run `pnpm --filter @holdfast/monitor page`').toBe(true)
  expect(page.buildPage()).toContain(built.hashes.script)
})

describe.skipIf(chromiumPath === undefined)('the page in Chromium', () => {
  let browser: Browser
  let cache: Cache
  let watching: Alerts
  let served: ServedDashboard
  let page: Page
  let seen: string[]

  beforeAll(async () => {
    browser = await launch()
  }, 60_000)
  afterAll(() => browser?.close())

  beforeEach(async () => {
    cache = createCache({ name: 'shop', memory: plainMemory(), ttl: '1h' })
    const bad = { verdict: 'bad', value: 0.7, message: '70 % of 500 reads were hits; the limit is 80 %.' } as const
    watching = alerts(cache, {
      rules: [
        { name: 'hit-ratio', title: 'Hit ratio below 80 %', severity: 'warning', window: '0ms', judge: () => bad },
      ],
    })
    served = await serveDashboard(cache, { token, allowInvalidate: true, showValues: true, alerts: watching })
    await cache.set('user:42', { name: 'Ada <b>Lovelace</b>' }, { tags: ['users'] })
    await cache.namespace('product').set('<img src=x onerror=alert(1)>', 1, { tags: ['<i>tag</i>'] })
    for (let read = 0; read < 50; read++) await cache.get('user:42')
    await cache.namespace('product').get('<img src=x onerror=alert(1)>')
    seen = []
  })

  afterEach(async () => {
    await page.context().close()
    await served.close()
    watching.close()
    await cache.close()
  })

  async function open(options: BrowserContextOptions = {}): Promise<void> {
    const context = await browser.newContext(options)
    page = await context.newPage()
    page.on('pageerror', (error) => seen.push(`error: ${error.message}`))
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('401')) seen.push(message.text())
    })
    page.on('request', (request) => {
      if (!request.url().startsWith(served.url) && !request.url().startsWith('data:'))
        seen.push(`asks ${request.url()}`)
    })
    await page.goto(served.url)
    await page.locator('#ask').waitFor()
  }

  async function enter(options?: BrowserContextOptions): Promise<void> {
    await open(options)
    await page.fill('#token', token)
    await page.press('#token', 'Enter')
    await page.getByRole('heading', { name: 'Hottest keys' }).or(page.getByText('user:42').first()).first().waitFor()
    await page.locator('#alerts tbody tr').first().waitFor()
  }

  const focused = (): Promise<string> => page.evaluate<string>('document.activeElement.id')

  /** What axe finds against WCAG 2.2 A and AA. */
  async function violations(): Promise<string[]> {
    // By the protocol of the debugger, which the page's policy does not bind.
    await page.evaluate(axe)
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
    const found = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
      `axe.run(document, { runOnly: ${JSON.stringify(tags)} })`,
    )
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`)
  }

  it('shows nothing without the token, and everything with it, and asks nobody but its server', async () => {
    await open()
    await page.fill('#token', 'another-secret-of-length')
    await page.press('#token', 'Enter')
    await page.getByText('That was not the token').waitFor()
    expect(await page.locator('#name').textContent()).toBe('Cache')
    await page.fill('#token', token)
    await page.press('#token', 'Enter')

    await page
      .getByRole('row', { name: /user:42/ })
      .first()
      .waitFor()
    expect(await page.locator('#name').textContent()).toBe('shop')
    expect(await page.locator('#status').textContent()).toBe('healthy')
    expect(
      await page
        .getByRole('row', { name: /Hit ratio below 80 %/ })
        .first()
        .textContent(),
    ).toContain('firing')
    expect(seen).toEqual([])
  })

  it('shows markup in keys and values as text', async () => {
    await enter()
    await page.getByText('<img src=x onerror=alert(1)>').first().waitFor()
    await page.getByText('<i>tag</i>').first().waitFor()
    await page.fill('#key', 'user:42')
    await page.press('#key', 'Enter')

    expect(await page.locator('#result pre').textContent()).toBe("{ name: 'Ada <b>Lovelace</b>' }")
    expect(await page.locator('main img, main i:not(.bar i), #result b').count()).toBe(0)
    expect(seen).toEqual([])
  })

  it('inspects and invalidates by the keyboard alone', async () => {
    await enter()
    await page.keyboard.press('Tab')
    for (let tab = 0; tab < 40 && (await focused()) !== 'key'; tab++) await page.keyboard.press('Tab')
    await page.keyboard.type('user:42')
    await page.keyboard.press('Enter')
    await page.getByText('Fresh in memory.').waitFor()

    for (let tab = 0; tab < 5 && (await focused()) !== 'invalidate-key'; tab++) await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Invalidate?' }).waitFor()
    await page.keyboard.press('Escape')
    expect(await cache.get('user:42')).toBeDefined()

    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Invalidate?' }).waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByText('Invalidated the key “user:42”').waitFor()
    expect(await cache.get('user:42')).toBeUndefined()
  })

  it('invalidates a tag after asking', async () => {
    await enter()
    await page.getByRole('button', { name: 'Invalidate tag users' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Invalidate', exact: true }).click()
    await page.getByText('Invalidated every entry with the tag “users”').waitFor()

    expect(await cache.get('user:42')).toBeUndefined()
  })

  it('goes on by itself, and stops when it is told to', async () => {
    await enter()
    for (let read = 0; read < 200; read++) await cache.get('other')
    await page
      .getByRole('row', { name: /^other/ })
      .first()
      .waitFor()
    await page.getByRole('button', { name: 'Pause' }).press('Enter')

    expect(await page.getByRole('button', { name: 'Resume' }).getAttribute('aria-pressed')).toBe('true')
  })

  it('says so when its server is gone', async () => {
    await enter()
    await served.close()

    await page.getByText('no connection').waitFor()
    expect(await page.locator('#fresh').textContent()).toBe('The server does not answer')
  })

  it.each([
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['on a phone', { viewport: { width: 375, height: 800 } }],
    ['at 200 %', { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 }],
  ] as [string, BrowserContextOptions][])('has nothing against it by axe, and fits: %s', async (_, options) => {
    await enter(options)
    await page.fill('#key', 'user:42')
    await page.press('#key', 'Enter')
    await page.locator('#result pre').waitFor()

    expect(await violations()).toEqual([])
    expect(await page.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
  })

  it('reads as headings, tables with captions and named fields', async () => {
    await enter()
    const tree = await page.locator('body').ariaSnapshot()

    for (const line of [
      'heading "shop" [level=1]',
      'heading "Alerts" [level=2]',
      'table "Rules"',
      /table "Hottest keys/,
      'textbox "Key"',
      'textbox "Namespace"',
      /button "Inspect user:42"/,
      'rowheader "user:42"',
    ])
      expect(tree).toMatch(line instanceof RegExp ? line : new RegExp(line.replaceAll(/[[\]]/g, String.raw`\$&`)))
  })

  it('asks nobody to see numbers where there is no token', async () => {
    await served.close()
    served = await serveDashboard(cache)
    page = await (await browser.newContext()).newPage()
    await page.goto(served.url)
    await page.getByText('made without a token').waitFor()

    expect(await page.locator('#keys-section').isVisible()).toBe(false)
    expect(await page.content()).not.toContain('user:42')
  })
})
