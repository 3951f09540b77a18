// Fails early, in one line, when the Node that runs the scripts is too old: pnpm runs a script even when the install before it failed.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Holdfast's own scripts need Node 22.18 or newer and found ${process.versions.node}. On Linux \`pnpm install\` brings Node 24; elsewhere install Node 24 yourself.`,
  )
  process.exit(1)
}
