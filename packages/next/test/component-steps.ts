import assert from 'node:assert/strict'
import { agree, answersPromptly, connections, countKeys, inMemory, until, type Steps } from './stage.ts'

const pages = ['/cached', '/cached-other', '/static', '/posts/a', '/slow', '/action']

/** Of `'use cache'`, with Cache Components. */
export const componentSteps: Steps = {
  'what one server made is served by the other, and on other pages': async (stage) => {
    const shared = await agree(stage, '/cached', 'shared')
    const one = await agree(stage, '/cached', 'one')

    const [first, second, elsewhere] = [
      await stage.a.get('/cached'),
      await stage.b.get('/cached'),
      await stage.b.get('/cached-other'),
    ]

    assert.match(shared, /^[\da-f-]{36}$/)
    for (const { values } of [first, second, elsewhere]) {
      assert.equal(values['shared'], shared)
      assert.equal(values['one'], one)
    }
    assert.notEqual(second.values['rendered'], first.values['rendered'])
  },

  'a route and a whole page are shared': async (stage) => {
    await agree(stage, '/static', 'rendered')
    await agree(stage, '/posts/a', 'rendered')
    const answers = [(await stage.a.get('/api/now')).html, (await stage.b.get('/api/now')).html]
    assert.equal(answers[1], (await stage.a.get('/api/now')).html)
  },

  'revalidateTag on one server is seen on the other, and ends nothing else': async (stage) => {
    const before = await stage.b.get('/cached')

    await stage.a.revalidate({ tag: 'numbers', profile: 'max' })
    await agree(stage, '/cached', 'shared', before.values['shared'])

    assert.equal((await stage.b.get('/cached')).values['one'], before.values['one'])
  },

  'revalidateTag ends a whole page on both': async (stage) => {
    for (const [path, tag] of [
      ['/static', 'static'],
      ['/posts/a', 'post-a'],
    ] as const) {
      const before = await agree(stage, path, 'rendered')
      await stage.b.revalidate({ tag, profile: 'max' })
      await agree(stage, path, 'rendered', before)
    }
  },

  'revalidatePath ends what the page read, by tags that its entries do not carry': async (stage) => {
    const before = await agree(stage, '/cached', 'shared')
    await stage.a.revalidate({ path: '/cached' })
    const after = await agree(stage, '/cached', 'shared', before)
    assert.equal((await stage.b.get('/cached-other')).values['shared'], after)

    await stage.b.revalidate({ path: '/', type: 'layout' })
    await agree(stage, '/cached', 'shared', after)
  },

  'a server action that calls updateTag reads its own write, and so does the other server': async (stage) => {
    const { a, b } = stage
    const before = await agree(stage, '/action', 'shared')
    const { html } = await b.get('/action')
    const form = new FormData()
    for (const [, name] of html.matchAll(/name="(\$ACTION_[^"]+)"/g)) form.append(name!, '')
    assert.ok([...form].length > 0, 'the form has its action')

    const answer = await (await b.post('/action', form)).text()

    assert.match(answer, /data-name="shared">/)
    assert.ok(!answer.includes(before), 'the answer to the action shows the old value')
    await until(a, '/action', ({ values }) => values['shared'] !== before)
    await agree(stage, '/action', 'shared', before)
  },

  'a slow value is streamed, kept once, and whole': async (stage) => {
    const before = await agree(stage, '/slow', 'slow')
    await stage.a.revalidate({ tag: 'slow', profile: 'max' })
    const response = await fetch(`http://127.0.0.1:${stage.a.port}/slow`)
    const chunks: string[] = []
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) chunks.push(chunk)

    const after = await agree(stage, '/slow', 'slow', before)

    assert.match(chunks[0]!, /at once/)
    assert.doesNotMatch(chunks[0]!, /data-name="slow"/)
    assert.equal(after.length, 36 + 1 + 300_000)
  },

  'connections and keys do not grow with requests': async (stage) => {
    const before = await connections(stage)
    for (let i = 0; i < 40; i++) await Promise.all([stage.a.get('/cached'), stage.b.get(`/posts/n${i % 8}`)])
    assert.equal(await connections(stage), before)
    assert.equal(await countKeys(stage, 'holdfast:@next:revalidated:'), 16)
  },

  'with Redis killed both answer promptly, from memory': async (stage) => {
    const before = await inMemory(stage, pages, '/cached', 'shared')
    await stage.redis.kill()
    await answersPromptly(stage, [...pages, ...pages, '/posts/new', '/api/now'])
    for (const server of [stage.a, stage.b]) assert.equal((await server.get('/cached')).values['shared'], before)
  },

  'a revalidation while Redis is away holds at once where it was made': async ({ a }) => {
    const before = (await a.get('/cached')).values['shared']
    await a.revalidate({ tag: 'numbers', profile: 'max' })
    await until(a, '/cached', ({ values }) => values['shared'] !== before)
  },

  'with Redis back, both agree, and hear each other again': async (stage) => {
    const before = await stage.b.get('/cached')
    await stage.redis.restart({ data: 'empty' })
    const back = await agree(stage, '/cached', 'shared', before.values['shared'])
    await stage.b.revalidate({ tag: 'numbers', profile: 'max' })
    await agree(stage, '/cached', 'shared', back)
  },

  'with Redis frozen both answer promptly': async (stage) => {
    await stage.redis.freeze()
    await answersPromptly(stage, pages)
    stage.redis.thaw()
    await agree(stage, '/cached', 'shared')
  },

  'nothing went wrong that the servers would tell': async ({ a, b }) => {
    for (const server of [a, b]) assert.doesNotMatch(server.output(), /unhandled|Error:|Failed to/i)
  },
}
