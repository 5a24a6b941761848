import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findConfigFile } from '../../../src/config/discovery.ts'

let root = ''

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'gateway-find-')))
  mkdirSync(join(root, 'repo', 'packages', 'app'), { recursive: true })
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const put = (...path: string[]): string => {
  const file = join(root, ...path)
  writeFileSync(file, '')
  return file
}

describe('config discovery', () => {
  it('walks up to the git root and stops there', () => {
    mkdirSync(join(root, 'repo', '.git'))
    put('gateway.yaml')
    expect(findConfigFile(join(root, 'repo', 'packages', 'app'))).toBeNull()
    const inRoot = put('repo', 'gateway.yaml')
    expect(findConfigFile(join(root, 'repo', 'packages', 'app'))).toBe(inRoot)
    const nearer = put('repo', 'packages', 'gateway.yml')
    expect(findConfigFile(join(root, 'repo', 'packages', 'app'))).toBe(nearer)
  })

  it('knows the git root of a worktree, where .git is a file', () => {
    put('repo', '.git')
    put('gateway.yaml')
    expect(findConfigFile(join(root, 'repo', 'packages'))).toBeNull()
  })

  it('outside a repository looks only where it stands', () => {
    put('repo', 'gateway.yaml')
    expect(findConfigFile(join(root, 'repo', 'packages'))).toBeNull()
    expect(findConfigFile(join(root, 'repo'))).toBe(join(root, 'repo', 'gateway.yaml'))
  })

  it('prefers yaml, then yml, then json, then gateway.config.json', () => {
    const names = ['gateway.config.json', 'gateway.json', 'gateway.yml', 'gateway.yaml']
    for (const name of names)
      expect(findConfigFile(join(root, 'repo', put('repo', name) && ''))).toBe(join(root, 'repo', name))
  })

  it('does not take a directory for a config', () => {
    mkdirSync(join(root, 'repo', 'gateway.yaml'))
    expect(findConfigFile(join(root, 'repo'))).toBeNull()
  })
})
