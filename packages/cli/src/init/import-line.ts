/**
 * A line of generated code that imports or re-exports: `importLine('import { Hono }', 'hono')`. Not written out in the templates, where it would
 * look like an import of this package.
 */
export function importLine(what: string, from: string): string {
  return `${what} from '${from}'`
}
