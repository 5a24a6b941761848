#!/usr/bin/env node
// The version check comes first: newer syntax in the built files must not be what an old Node complains about.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 20)) {
  process.stderr.write(`gateway needs Node 20.20 or newer, this is ${process.versions.node}\n`)
  process.exitCode = 2
} else {
  const { main } = await import('../dist/cli/main.js')
  await main(process.argv)
}
