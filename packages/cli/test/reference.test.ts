import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ExitCode } from '../src/exit-code.ts'
import { runCli } from '../src/run-cli.ts'

const page = readFileSync(join(import.meta.dirname, '../../../docs/reference/cli.md'), 'utf8')

/** The cells of a section's table. */
function rows(section: string): readonly (readonly string[])[] {
  const text = page.split(/^## /m).find((each) => each.startsWith(section))!
  return Array.from(text.matchAll(/^\| `.*\|$/gm), ([row]) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

async function help(...args: readonly string[]): Promise<string> {
  let out = ''
  expect(await runCli([...args, '--help'], { out: (text) => (out += text), err: (text) => expect.fail(text) })).toBe(0)
  return out
}

describe('docs/reference/cli.md', () => {
  it('lists every command', async () => {
    const listed = Array.from((await help()).matchAll(/^ {2}([a-z]+) /gm), ([, name]) => name!)

    expect(rows('Commands').map(([cell]) => /holdfast (\w+)/.exec(cell!)![1])).toEqual(
      listed.filter((name) => name !== 'help'),
    )
  })

  it.each(rows('Options'))('lists every option of %s', async (command, options) => {
    const text = await help(command.replaceAll('`', ''))
    const known = Array.from(text.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm), ([, name]) => name!)

    expect(Array.from(options.matchAll(/--[\w-]+/g), ([name]) => name).toSorted()).toEqual(
      known.filter((name) => name !== '--json' && name !== '--help').toSorted(),
    )
  })

  it('lists every exit code', () => {
    expect(
      Object.fromEntries(
        rows('Exit codes').map(([code, name]) => [name!.replaceAll('`', ''), Number(code!.replaceAll('`', ''))]),
      ),
    ).toEqual(ExitCode)
  })
})

describe('a command line that cannot be used', () => {
  it.each([
    [['sta']],
    [['stats', '--json', '--speed', '3']],
    [['get']],
    [['keys', '--limit', '0']],
    [['top', '--interval', '-1']],
    [['top', '--interval', '1 minute']],
  ])('ends with 2 and says what is wrong: %j', async (args) => {
    let err = ''

    const code = await runCli(args, { out: (text) => expect.fail(text), err: (text) => (err += text) })

    expect(code).toBe(ExitCode.usage)
    expect(err).toMatch(/^error: /)
  })

  it.each([
    ['invalidate product:1', '--key product:1, --tag product:1'],
    ['inspect product:1', '`holdfast get <key>`'],
    ['delete product:1 --json', '`holdfast invalidate --key <names...>`'],
    ['keys --redis localhost:7391', 'such as redis://localhost:7391;'],
    ['keys --redis http://localhost:7391', 'begins with redis://'],
    ['keys --redis redis://localhost:many', '--redis'],
  ])('says what to say instead of `%s`', async (line, instead) => {
    let err = ''

    const code = await runCli(line.split(' '), { out: (text) => expect.fail(text), err: (text) => (err += text) })

    expect(code).toBe(ExitCode.usage)
    expect(err).toContain(instead)
    expect(err).not.toMatch(/REDIS_URL|too many arguments/)
  })
})

it('tells its version', async () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as {
    readonly version: string
  }
  let out = ''

  const code = await runCli(['--version'], { out: (text) => (out += text), err: (text) => expect.fail(text) })

  expect({ code, out }).toEqual({ code: ExitCode.ok, out: `${version}\n` })
})
