// Known weaknesses in what an application installs with us.
import { run } from './run.mjs'

/** Says why when the registry does not answer such questions: some mirrors do not. */
export async function checkAudit(app) {
  // npm ends with 1 both when it finds something and when it cannot ask.
  const answer = await run('npm', ['audit', '--omit=dev', '--json'], app).catch(({ cause }) => cause.stdout)
  const { metadata, message, error } = JSON.parse(answer)
  if (metadata === undefined)
    return console.log(`npm audit: SKIPPED, the registry did not answer: ${message ?? error?.summary}`)
  const { total } = metadata.vulnerabilities
  if (total > 0) throw new Error(`Expected npm audit to find nothing, got:\n${answer}`)
  console.log(`npm audit: nothing found in ${metadata.dependencies.prod} dependencies`)
}
