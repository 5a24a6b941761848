import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { buildProgram } from '../../../src/cli/main.ts'
import { loadProjectFromText } from '../../../src/cli/project.ts'
import { ERROR_FACES } from '../../../src/wire/errors.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')

describe('README', () => {
  it('shows configs that are valid', async () => {
    const configs = [...readme.matchAll(/```yaml\n(version: 1\n[\s\S]*?)```/gu)].map(([, text = '']) => text)
    expect(configs.length).toBeGreaterThan(0)
    for (const text of configs) {
      const { warnings } = await loadProjectFromText({ text, file: 'README.md', dir: root, env: {} })
      expect(warnings).toEqual([])
    }
  })

  it('has a row for every error code, with its status, exit code and meaning', () => {
    const codes = Object.entries(ERROR_FACES)
    expect(codes.length).toBeGreaterThan(30)
    for (const [code, { status, exitCode, meaning }] of codes) {
      expect(readme).toContain(`| \`${code}\` | ${status === 0 ? '–' : status} | ${exitCode} | ${meaning} |`)
    }
    const rows = readme.match(/^\| `[a-z_]+` \| (?:–|\d+) \| \d+ \|/gmu) ?? []
    expect(rows).toHaveLength(codes.length)
  })

  it('names every command', () => {
    const commands = buildProgram().commands.map((command) => command.name())
    expect(commands.length).toBeGreaterThan(5)
    for (const name of commands) expect(readme, name).toContain(`gateway ${name}`)
  })

  it('links only to files that exist', () => {
    const links = [...readme.matchAll(/\]\((?!https?:|#)([^)]+)\)/gu)].map(([, link = '']) => link.split('#')[0] ?? '')
    expect(links.length).toBeGreaterThan(2)
    for (const link of links) expect(existsSync(join(root, link)), link).toBe(true)
  })
})
