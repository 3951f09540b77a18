/** Frameworks whose status route `init` can write; `web`: handlers of the Web's `Request` and `Response`. */
export const frameworks = ['next', 'hono', 'express', 'fastify', 'web'] as const

export type Framework = (typeof frameworks)[number]

/** The first of them that the application depends on; Next.js brings others along. */
export function detectFramework(dependencies: Readonly<Record<string, string>>): Framework {
  return frameworks.find((name) => Object.hasOwn(dependencies, name)) ?? 'web'
}
