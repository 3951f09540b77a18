import { testSerializer } from '@holdfast/testing'
import { json } from './json.ts'

testSerializer({ open: () => json() })
