import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { ExitCode } from '../exit-code.ts'
import { readApplication } from '../init/application.ts'
import { composeFile, envExample } from '../init/deployment.ts'
import type { Framework } from '../init/framework.ts'
import { kitModule, redisModule } from '../init/modules.ts'
import { statusRoute } from '../init/status-route.ts'
import type { Output } from '../output.ts'

export interface InitFlags {
  readonly framework?: Framework
  readonly dir: string
  readonly prefix?: string
  readonly force?: boolean
}

/** Writes the files of a cache into an application. What is there stays, unless `--force` says otherwise. */
export async function init(flags: InitFlags, output: Output): Promise<number> {
  const application = readApplication(resolve(flags.dir), flags)
  const { folder, framework, source, extension, prefix } = application
  const route = statusRoute(application, join)
  const files: readonly (readonly [path: string, text: string])[] = [
    [join(source, 'lib/cache/middleware.ts'), kitModule()],
    [join(source, 'lib/cache/redis.ts'), redisModule(extension)],
    [route.path, route.code],
    ['.env.example', envExample(prefix)],
    ['docker-compose.yml', composeFile()],
  ]
  const written: string[] = []
  const kept: string[] = []
  for (const [path, text] of files) {
    if (write(join(folder, path), text, flags.force ?? false)) written.push(path)
    else kept.push(path)
  }
  const { wiring } = route
  output.result({ framework, written, kept, wiring }, () =>
    [
      ...written.map((path) => `  wrote  ${path}`),
      ...kept.map((path) => `  kept   ${path} (it was there; --force overwrites)`),
      '',
      'Next:',
      '  npm install holdfast',
      ...(wiring === undefined ? [] : [`  ${wiring}`]),
      '  cp .env.example .env, set REDIS_PASSWORD, docker compose up -d, npx holdfast doctor',
      // Next.js reads it by itself.
      ...(framework === 'next' ? [] : ['  start the application with the file: node --env-file=.env …']),
    ].join('\n'),
  )
  return ExitCode.ok
}

/** Tells whether it was written. */
function write(path: string, text: string, isForced: boolean): boolean {
  if (existsSync(path) && !isForced) return false
  mkdirSync(dirname(path), { recursive: true })
  // `wx`: between the look and here somebody may have written it.
  writeFileSync(path, text, { flag: isForced ? 'w' : 'wx' })
  return true
}
