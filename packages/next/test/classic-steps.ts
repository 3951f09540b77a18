import assert from 'node:assert/strict'
import { agree, answersPromptly, connections, inMemory, until, type Steps } from './stage.ts'

const pages = ['/isr', '/posts/a', '/posts/built', '/legacy/x', '/legacy/built']

/** Of ISR: pages, routes and data, in the App Router and the Pages Router. */
export const classicSteps: Steps = {
  'what one server made is served by the other': async (stage) => {
    for (const path of pages) await agree(stage, path, 'rendered')
    for (const path of pages) assert.equal((await stage.b.get(path)).cache, 'HIT', path)
  },

  'a cached route is shared': async ({ a, b }) => {
    const { html } = await a.get('/api/now')
    await until(b, '/api/now', (shown) => shown.html === html)
  },

  'a page that says it does not exist is kept, too': async ({ a, b }) => {
    for (const path of ['/posts/missing', '/legacy/missing']) {
      await a.get(path)
      const shown = await until(b, path, ({ cache }) => cache === 'HIT')
      assert.equal(shown.status, 404)
    }
  },

  'revalidateTag of data ends the page that read it, on both': async (stage) => {
    const before = await agree(stage, '/isr', 'data')
    await stage.a.revalidate({ tag: 'data', profile: 'max' })
    await agree(stage, '/isr', 'data', before)
  },

  'revalidatePath ends pages and routes of both routers, on both servers': async (stage) => {
    for (const path of ['/isr', '/posts/a', '/legacy/x']) {
      const before = await agree(stage, path, 'rendered')
      await stage.b.revalidate({ path })
      await agree(stage, path, 'rendered', before)
    }
    const { html } = await stage.a.get('/api/now')
    await stage.a.revalidate({ path: '/api/now' })
    await until(stage.b, '/api/now', (shown) => shown.html !== html)
  },

  'revalidatePath ends no other page': async (stage) => {
    const before = await agree(stage, '/posts/built', 'rendered')
    await stage.a.revalidate({ path: '/posts/a' })
    assert.equal((await stage.a.get('/posts/built')).values['rendered'], before)
  },

  'a layout, and a page of all parameters, can be revalidated': async (stage) => {
    const before = await agree(stage, '/posts/built', 'rendered')
    await stage.a.revalidate({ path: '/posts/[id]', type: 'page' })
    const after = await agree(stage, '/posts/built', 'rendered', before)
    await stage.b.revalidate({ path: '/', type: 'layout' })
    await agree(stage, '/posts/built', 'rendered', after)
  },

  'res.revalidate() makes a page anew for both': async (stage) => {
    const before = await agree(stage, '/legacy/x', 'rendered')
    await stage.a.get('/api/on-demand?path=/legacy/x')
    await agree(stage, '/legacy/x', 'rendered', before)
  },

  'connections do not grow with requests': async (stage) => {
    const before = await connections(stage)
    for (let i = 0; i < 40; i++) await Promise.all([stage.a.get('/isr'), stage.b.get(`/posts/n${i % 8}`)])
    assert.equal(await connections(stage), before)
  },

  'with Redis killed both answer promptly, from memory': async (stage) => {
    const before = await inMemory(stage, pages, '/isr', 'rendered')
    await stage.redis.kill()
    await answersPromptly(stage, [...pages, ...pages, '/posts/new', '/api/now'])
    for (const server of [stage.a, stage.b]) assert.equal((await server.get('/isr')).values['rendered'], before)
  },

  'with Redis back, both agree, and hear each other again': async (stage) => {
    await stage.redis.restart({ data: 'empty' })
    const before = await agree(stage, '/isr', 'rendered')
    await stage.b.revalidate({ path: '/isr' })
    await agree(stage, '/isr', 'rendered', before)
  },

  'nothing went wrong that the servers would tell': async ({ a, b }) => {
    for (const server of [a, b]) assert.doesNotMatch(server.output(), /unhandled|Error:|Failed to/i)
  },
}
