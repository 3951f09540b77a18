/** Headers of everything that a dashboard answers: nobody stores it, frames it, or takes it for something else. */
const always: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  return Response.json(body, { status, headers: { ...always, ...headers } })
}

/** A refusal, as a sentence. */
export function refuse(status: number, error: string, headers: Readonly<Record<string, string>> = {}): Response {
  return json(status, { error }, headers)
}

/** The page. It may run its own script and style, talk to its own server, and nothing else. */
export function html(text: string, hashes: { readonly script: string; readonly style: string }): Response {
  const policy = [
    `default-src 'none'`,
    `script-src '${hashes.script}'`,
    `style-src '${hashes.style}'`,
    // Its own empty icon, so that nothing is asked for one.
    `img-src data:`,
    `connect-src 'self'`,
    `base-uri 'none'`,
    `form-action 'none'`,
    `frame-ancestors 'none'`,
    `require-trusted-types-for 'script'`,
  ]
  return new Response(text, {
    headers: { ...always, 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy.join('; ') },
  })
}

const longestBody = 65_536

/** The JSON object of a request; `undefined` when it is none, or too long. */
export async function readObject(request: Request): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (Number(request.headers.get('content-length') ?? 0) > longestBody) return undefined
  const text = await request.text()
  if (text.length > longestBody) return undefined
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Readonly<Record<string, unknown>>)
      : undefined
  } catch {
    return undefined
  }
}
