import type { DashboardState } from '../src/dashboard/state.ts'
import { inspect, invalidate } from './api.ts'
import { byId, dialogById, el, say } from './dom.ts'
import { count, ms, none, span, time } from './format.ts'
import { Table, type Cell } from './table.ts'

const read = new Table(
  'Hottest keys',
  'by reads of the last minute',
  [{ title: 'Key' }, { title: 'Share', isNumber: true }, { title: 'Reads/s', isNumber: true }, { title: '' }],
  'Nothing was read in the last minute.',
)
const loaded = new Table(
  'Most loaded keys',
  'in the last minute: what the cache could not spare the database',
  [{ title: 'Key' }, { title: 'Loads', isNumber: true }, { title: 'Mean', isNumber: true }, { title: '' }],
  'Nothing was loaded in the last minute.',
)
const tags = new Table(
  'Tags',
  'by entries that came into memory since start',
  [{ title: 'Tag' }, { title: 'Entries', isNumber: true }, { title: 'Invalidated', isNumber: true }, { title: '' }],
  'No tag is known.',
)
const invalidations = new Table(
  'Invalidations',
  'the latest, here and by other processes; keys of a namespace read @namespace:key',
  [{ title: 'What' }, { title: 'From' }, { title: 'When', isNumber: true }],
  'Nothing was invalidated since the dashboard was made.',
)

const keyField = el('input', { id: 'key', name: 'key', autocomplete: 'off', spellcheck: 'false', required: '' })
const namespaceField = el('input', {
  id: 'namespace',
  name: 'namespace',
  autocomplete: 'off',
  spellcheck: 'false',
  placeholder: 'none',
})
const tagField = el('input', { id: 'tag', name: 'tag', autocomplete: 'off', spellcheck: 'false', required: '' })
const removeKey = el('button', { type: 'button', class: 'danger', id: 'invalidate-key' }, 'Invalidate key')
const tagForm = el(
  'form',
  { class: 'fields tag', id: 'tag-form' },
  el('div', {}, el('label', { for: 'tag' }, 'Tag'), tagField),
  el('button', { type: 'submit', class: 'danger' }, 'Invalidate tag'),
)
const result = el('div', { id: 'result', 'aria-live': 'polite' })
let mayInvalidate = false

export function buildKeys(): void {
  const form = el(
    'form',
    { class: 'fields', id: 'key-form' },
    el('div', {}, el('label', { for: 'key' }, 'Key'), keyField),
    el('div', {}, el('label', { for: 'namespace' }, 'Namespace'), namespaceField),
    el('button', { type: 'submit', class: 'primary' }, 'Inspect'),
    removeKey,
  )
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    act(showInspected)
  })
  removeKey.addEventListener('click', () => {
    if (form.reportValidity())
      act(() => remove({ key: keyField.value, namespace: namespaceField.value }, `the key “${keyField.value}”`))
  })
  tagForm.addEventListener('submit', (event) => {
    event.preventDefault()
    act(() => remove({ tag: tagField.value }, `every entry with the tag “${tagField.value}”`))
  })
  byId('inspect').append(form, tagForm, result)
  byId('keys').append(read.element, loaded.element, tags.element, invalidations.element)
}

export function showKeys(state: DashboardState): void {
  const { keys, access } = state
  mayInvalidate = access.invalidate
  byId('inspect-section').hidden = byId('keys-section').hidden = !access.keys
  byId('numbers-only').hidden = access.keys
  removeKey.hidden = tagForm.hidden = !access.invalidate
  if (keys === undefined) return
  const minute = state.history.slice(-keys.windowSeconds / 2)
  const reads = minute.reduce((sum, point) => sum + point.reads, 0) / Math.max(1, minute.length)
  const seen = keys.total
  read.show(
    keys.read.map(({ key, namespace, times }) => {
      const share = times / Math.max(1, seen)
      return [
        named(key, namespace),
        `${(share * 100).toFixed(1)} %`,
        count(share * reads),
        inspectButton(key, namespace),
      ]
    }),
  )
  loaded.show(
    keys.loaded.map(({ key, namespace, times, mean }) => [
      named(key, namespace),
      count(times),
      ms(mean),
      inspectButton(key, namespace),
    ]),
  )
  tags.show(
    (state.tags ?? []).map(({ tag, stored, invalidations: many }) => [tag, count(stored), count(many), tagButton(tag)]),
  )
  invalidations.show(
    (state.invalidations ?? []).map(({ at, origin, type, names, more }) => {
      const what = type === 'all' ? 'everything' : `${type}: ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
      return [what, origin === 'local' ? 'this process' : 'another process', time(at)]
    }),
  )
}

function named(key: string, namespace: string): Cell {
  return namespace === '' ? key : el('span', {}, el('span', { class: 'quiet' }, `${namespace} · `), key)
}

function inspectButton(key: string, namespace: string): HTMLElement {
  const button = el('button', { type: 'button', class: 'small', 'aria-label': `Inspect ${key}` }, 'Inspect')
  button.addEventListener('click', () => {
    keyField.value = key
    namespaceField.value = namespace
    byId('inspect-section').scrollIntoView({ block: 'nearest' })
    keyField.focus()
    act(showInspected)
  })
  return button
}

function tagButton(tag: string): Cell {
  if (!mayInvalidate) return ''
  const button = el('button', { type: 'button', class: 'small', 'aria-label': `Invalidate tag ${tag}` }, 'Invalidate')
  button.addEventListener('click', () => act(() => remove({ tag }, `every entry with the tag “${tag}”`)))
  return button
}

/** Does something that may fail, and says so. */
function act(run: () => Promise<void>): void {
  run().catch((error: unknown) => tell(error instanceof Error ? error.message : String(error), 'bad'))
}

function tell(message: string, level: 'good' | 'bad'): void {
  result.replaceChildren(
    el(
      'p',
      {},
      el('span', { class: 'badge', 'data-level': level }, level === 'good' ? 'done' : 'failed'),
      ` ${message}`,
    ),
  )
}

async function showInspected(): Promise<void> {
  const found = await inspect(keyField.value, namespaceField.value)
  const level = { hit: 'good', stale: 'warn', miss: 'none' }[found.verdict]
  const rows = (['memory', 'remote'] as const).flatMap((tier) => {
    const held = found[tier]
    if (held === undefined)
      return tier === 'remote' && found.remoteMiss !== undefined ? [[tier, found.remoteMiss, none, none, none]] : []
    return [
      [
        tier,
        held.refused ?? 'fresh',
        span(held.ageMs),
        held.ttlMs > 0 ? span(held.ttlMs) : none,
        held.tags.filter((tag) => !/^@[^@]/.test(tag)).join(', ') || none,
      ],
    ]
  })
  const tiers = new Table(
    'Where it is',
    '',
    ['Tier', 'State', 'Age', 'Ttl left', 'Tags'].map((title) => ({ title })),
    'In no tier.',
  )
  tiers.show(rows)
  const ended = found.invalidation
  result.replaceChildren(
    el(
      'p',
      {},
      el('span', { class: 'badge', 'data-level': level }, found.verdict),
      ` ${found.why}${found.isLoading ? ' It is being loaded now.' : ''}`,
    ),
    tiers.element,
    ...(ended === undefined
      ? []
      : [
          el(
            'p',
            { class: 'quiet' },
            `Invalidated at ${time(ended.at)}, ${ended.origin === 'local' ? 'by this process' : 'by another process'}.`,
          ),
        ]),
    ...(found.value === undefined ? [] : [el('h3', {}, 'Value'), el('pre', { tabindex: '0' }, found.value)]),
  )
}

async function remove(what: object, inWords: string): Promise<void> {
  if (!(await isSure(inWords))) return
  const { reached, queued } = await invalidate(what)
  tell(
    reached === 'all'
      ? `Invalidated ${inWords}, for every process.`
      : `Invalidated ${inWords} in this process${queued ? '; the others follow when Redis is back' : ''}.`,
    'good',
  )
}

function isSure(inWords: string): Promise<boolean> {
  const dialog = dialogById('sure')
  say(byId('sure-what'), `This invalidates ${inWords}. The next read loads anew.`)
  dialog.returnValue = 'no'
  dialog.showModal()
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true })
  })
}
