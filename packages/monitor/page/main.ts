import type { DashboardState } from '../src/dashboard/state.ts'
import { readState, token, TokenNeeded } from './api.ts'
import { buildDetails, showDetails } from './details.ts'
import { byId, dialogById, say } from './dom.ts'
import { time } from './format.ts'
import { buildKeys, showKeys } from './keys.ts'
import { buildOverview, showOverview } from './overview.ts'

const everyMs = 2_000
const themes = ['system', 'light', 'dark'] as const

let isPaused = false
let isAsking = false
let firing = ''

buildOverview()
buildDetails()
buildKeys()
buildTools()
setInterval(() => void refresh(), everyMs)
document.addEventListener('visibilitychange', () => void refresh())
void refresh()

async function refresh(): Promise<void> {
  if (isPaused || isAsking || document.hidden || dialogById('ask').open) return
  isAsking = true
  try {
    const state = await readState()
    showOverview(state)
    showDetails(state)
    showKeys(state)
    announce(state)
    byId('lock').hidden = token.get() === null
    say(byId('fresh'), `Updated ${time(state.at)}`)
  } catch (error) {
    if (error instanceof TokenNeeded) askForToken()
    else lost()
  } finally {
    isAsking = false
  }
}

/** Tells a screen reader when an alert fires or clears, and nothing else: the rest is there to be looked up. */
function announce({ rules }: DashboardState): void {
  const now = rules
    .filter(({ state }) => state === 'firing')
    .map(({ title }) => title)
    .join('; ')
  if (now === firing) return
  firing = now
  say(byId('said'), now === '' ? 'No alert is firing any more.' : `Alert: ${now}.`)
}

function lost(): void {
  say(byId('status'), 'no connection')
  byId('status').dataset['level'] = 'bad'
  say(byId('fresh'), 'The server does not answer')
}

function askForToken(): void {
  const dialog = dialogById('ask')
  if (token.get() !== null) {
    token.forget()
    say(byId('ask-why'), 'That was not the token. Try again.')
  }
  dialog.showModal()
}

function buildTools(): void {
  const field = byId('token') as HTMLInputElement
  byId('ask-form').addEventListener('submit', () => {
    token.set(field.value.trim())
    field.value = ''
    setTimeout(() => void refresh())
  })
  byId('lock').addEventListener('click', () => {
    token.forget()
    location.reload()
  })
  byId('pause').addEventListener('click', () => {
    isPaused = !isPaused
    byId('pause').setAttribute('aria-pressed', String(isPaused))
    say(byId('pause'), isPaused ? 'Resume' : 'Pause')
    void refresh()
  })
  const theme = byId('theme')
  let chosen = Math.max(
    0,
    themes.findIndex((name) => name === localStorage.getItem('holdfast-theme')),
  )
  const apply = (): void => {
    const name = themes[chosen]!
    if (name === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = name
    say(theme, `Theme: ${name}`)
  }
  theme.addEventListener('click', () => {
    chosen = (chosen + 1) % themes.length
    localStorage.setItem('holdfast-theme', themes[chosen]!)
    apply()
  })
  apply()
}
