const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

const day = '(?:mon|tue|wed|thu|fri|sat|sun)'
const longDay = '(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)'
const month = `(${months.join('|')})`
const time = String.raw`(\d\d):(\d\d):(\d\d)`

const imf = new RegExp(String.raw`^${day}, (\d\d) ${month} (\d{4}) ${time} gmt$`, 'i')
const rfc850 = new RegExp(String.raw`^${longDay}, (\d\d)-${month}-(\d\d) ${time} gmt$`, 'i')
const asctime = new RegExp(String.raw`^${day} ${month} ([ \d]\d) ${time} (\d{4})$`, 'i')

/** The instant of an HTTP date in one of its three formats (RFC 9110, section 5.6.7), in milliseconds; `undefined` for anything else. */
export function parseHttpDate(text: string | null, now: number = Date.now()): number | undefined {
  if (text === null) return undefined
  let match = imf.exec(text)
  if (match !== null) return instant(Number(match[3]), match[2]!, match[1]!, match.slice(4))
  match = asctime.exec(text)
  if (match !== null) return instant(Number(match[6]), match[1]!, match[2]!, match.slice(3, 6))
  match = rfc850.exec(text)
  if (match === null) return undefined
  // Two digits that seem to lie more than 50 years ahead are of the past century.
  const century = Math.floor(new Date(now).getUTCFullYear() / 100) * 100
  const year = century + Number(match[3])
  const at = instant(year, match[2]!, match[1]!, match.slice(4))
  return year > new Date(now).getUTCFullYear() + 50 ? instant(year - 100, match[2]!, match[1]!, match.slice(4)) : at
}

function instant(year: number, monthName: string, dayOfMonth: string, clock: readonly string[]): number | undefined {
  const [hours, minutes, secs] = clock.map(Number)
  if (hours! > 23 || minutes! > 59 || secs! > 60) return undefined
  return Date.UTC(year, months.indexOf(monthName.toLowerCase()), Number(dayOfMonth), hours, minutes, secs)
}
