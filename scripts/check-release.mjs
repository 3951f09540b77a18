// What must be true before anything is published from a tag: `GITHUB_REF_NAME` is the version of every package, and their manifests
// name the repository that this runs in. A registry refuses provenance that says otherwise, when half of the packages are out.
import { packages, readJson, root } from './packages/workspace.mjs'
import { join } from 'node:path'

const { GITHUB_REF_NAME: tag, GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name } = process.env
const wrong = packages
  .filter(({ manifest }) => `v${manifest.version}` !== tag)
  .map((one) => `${one.name} is at ${one.manifest.version}, the tag is ${tag}`)
const { repository } = readJson(join(root, 'package.json'))
if (repository.url !== `git+${server}/${name}.git`)
  wrong.push(`manifests name ${repository.url}, this is git+${server}/${name}.git`)
if (wrong.length > 0) throw new Error(`This cannot be published:\n  ${wrong.join('\n  ')}`)
console.log(`${tag} of ${packages.length} packages`)
