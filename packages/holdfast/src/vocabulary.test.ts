import { InvalidOptionError } from '@holdfast/core'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { base64, checkKeys, checkTags, pascalCase, type PascalCase } from './vocabulary.ts'

describe('pascalCase', () => {
  it.each([
    ['LEADS', 'Leads'],
    ['LEAD_NOTES', 'LeadNotes'],
    ['leadNotes', 'LeadNotes'],
    ['leads', 'Leads'],
    ['lead_notes', 'LeadNotes'],
    ['V2_LEADS', 'V2Leads'],
  ])('turns %s into %s', (name, expected) => {
    expect(pascalCase(name)).toBe(expected)
  })

  it('says in types what it does', () => {
    expectTypeOf<PascalCase<'LEADS'>>().toEqualTypeOf<'Leads'>()
    expectTypeOf<PascalCase<'LEAD_NOTES'>>().toEqualTypeOf<'LeadNotes'>()
    expectTypeOf<PascalCase<'leadNotes'>>().toEqualTypeOf<'LeadNotes'>()
    expectTypeOf<PascalCase<'lead_notes'>>().toEqualTypeOf<'LeadNotes'>()
    expectTypeOf<PascalCase<'V2_LEADS'>>().toEqualTypeOf<'V2Leads'>()
  })
})

it('makes a query one part of a key', () => {
  expect(`leads:list:${base64('status=NEW&page=1')}`).toBe('leads:list:c3RhdHVzPU5FVyZwYWdlPTE=')
  expect(base64('naïve ☂')).toBe('bmHDr3ZlIOKYgg==')
})

it('refuses keys that are no functions, and tags that are no names', () => {
  expect(() => checkKeys({ lead: 'lead' as never })).toThrow(InvalidOptionError)
  expect(() => checkTags({ LEADS: '' })).toThrow('`tags.LEADS`')
})
