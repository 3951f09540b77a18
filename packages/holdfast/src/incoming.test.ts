import { describe, expect, it } from 'vitest'
import { asIncoming, textOfRequest, type Vary } from './incoming.ts'

function text(arg: unknown, vary?: Vary): string | undefined {
  const request = asIncoming(arg)
  if (request === undefined) throw new Error('It is no request.')
  const found = textOfRequest(request, vary)
  return found.type === 'text' ? found.text : undefined
}

function get(url: string, headers: Record<string, string> = {}): Request {
  return new Request(url, { headers })
}

describe('a request as a part of a key', () => {
  it('is its method and its URL, with the query sorted and without the fragment', () => {
    expect(text(get('https://a.example/leads?page=2&at=1#top'))).toBe('GET https://a.example/leads?at=1&page=2')
  })

  it('keeps hosts apart', () => {
    expect(text(get('https://a.example/leads'))).not.toBe(text(get('https://b.example/leads')))
  })

  it('is the same from Node, Express and Hono', () => {
    const node = { method: 'GET', url: '/leads?b=1&a=2', headers: { host: 'a.example' } }
    const express = { ...node, url: '/?b=1&a=2', originalUrl: '/leads?b=1&a=2' }
    const hono = { req: { raw: get('http://a.example/leads?b=1&a=2') } }

    expect(text(node)).toBe('GET http://a.example/leads?a=2&b=1')
    expect(text(express)).toBe(text(node))
    expect(text(hono)).toBe(text(node))
  })

  it.each(['authorization', 'cookie', 'proxy-authorization', 'x-api-key'])('has no text when it carries %s', (name) => {
    expect(text(get('https://a.example/me', { [name]: 'secret' }))).toBeUndefined()
    expect(text({ method: 'GET', url: '/me', headers: { [name]: 'secret' } })).toBeUndefined()
  })

  it('is told apart by the headers that vary names, without showing them', () => {
    const one = text(get('https://a.example/me', { authorization: 'Bearer one' }), ['Authorization'])
    const two = text(get('https://a.example/me', { authorization: 'Bearer two' }), ['Authorization'])

    expect(one).toBeDefined()
    expect(one).not.toBe(two)
    expect(one).not.toContain('one')
  })

  it('has no text when vary names some of its credentials only', () => {
    const headers = { authorization: 'Bearer one', cookie: 'session=1', 'accept-language': 'de' }

    expect(text(get('https://a.example/me', headers), ['accept-language'])).toBeUndefined()
    expect(text(get('https://a.example/me', headers), ['authorization'])).toBeUndefined()
    expect(text(get('https://a.example/me', headers), ['authorization', 'cookie'])).toBeDefined()
  })

  it('takes the word of a vary function', () => {
    const request = get('https://a.example/me', { cookie: 'tenant=7; theme=dark' })

    expect(text(request, (incoming) => /tenant=(\d+)/.exec(incoming.header('cookie') ?? '')?.[1] ?? '')).toBeDefined()
  })

  it('has no text when its body may matter', () => {
    expect(text(new Request('https://a.example/search', { method: 'POST', body: '{}' }))).toBeUndefined()
  })

  it('cannot be made to speak for another URL', () => {
    const victim = text({ method: 'GET', url: '/api/leads', headers: { host: 'a.example' } })
    const forged = [
      { method: 'GET', url: '/leads', headers: { host: 'a.example/api' } },
      { method: 'GET', url: '//a.example/api/leads', headers: { host: 'b.example' } },
      { method: 'GET', url: '/leads', headers: { host: 'x@a.example/api' } },
    ]

    for (const request of forged) expect(text(request)).not.toBe(victim)
  })

  it.each([['a string'], [{ url: 'x' }], [null], [{ method: 'GET', url: 1, headers: {} }]])(
    'is not seen in %o',
    (arg) => {
      expect(asIncoming(arg)).toBeUndefined()
    },
  )
})
