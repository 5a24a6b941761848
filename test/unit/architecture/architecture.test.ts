import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { forbidden, importsOf, PACKAGE_ROOM, ROOMS } from './imports.ts'

const root = join(import.meta.dirname, '..', '..', '..')

function sources(): string[] {
  return readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/u.test(file) && !file.includes('/build/'))
    .sort()
}

describe('import direction', () => {
  it('lets every room import only what it may', () => {
    const files = sources()
    let imports = 0
    const problems: string[] = []
    for (const file of files) {
      for (const found of importsOf(readFileSync(join(root, 'src', file), 'utf8'))) {
        imports += 1
        const why = forbidden(file, found)
        if (why !== null) problems.push(`${file}: ${why} (${found.specifier})`)
      }
    }
    expect(problems).toEqual([])
    // The guard has seen the code base, not an empty folder.
    expect(files.length).toBeGreaterThan(100)
    expect(imports).toBeGreaterThan(300)
    for (const file of files) expect(Object.keys(ROOMS)).toContain(file.split('/')[0])
  })

  it.each([
    ['engine/decide.ts', `import { readFileSync } from 'node:fs'`],
    ['engine/decide.ts', `import { createPipeline } from '../pipeline/pipeline.ts'`],
    ['wire/sse.ts', `import type { Decision } from '../engine/decision.ts'`],
    ['proxy/server.ts', `import { openDatabase } from '../store/open.ts'`],
    ['proxy/server.ts', `import { request } from 'undici'`],
    ['report/markdown.ts', `import { runReplay } from '../replay/driver/run.ts'`],
    ['tui/app.tsx', `import { decide } from '../engine/decide.ts'`],
    ['store/runs.ts', `import type { Arm } from '../replay/driver/arm.ts'`],
    ['cli/dev.ts', `const ink = await import('ink')`],
    ['config/load.ts', `export { buildMatrix } from '../catalog/matrix.ts'`],
  ])('rejects %s with %s', (file, source) => {
    const [found] = importsOf(source)
    expect(found).toBeDefined()
    expect(found === undefined ? null : forbidden(file, found)).not.toBeNull()
  })

  it.each([
    ['store/runs.ts', `import type { RunStore } from '../replay/ports.ts'`],
    ['report/markdown.ts', `import type { RunSummary } from '../replay/summary/types.ts'`],
    ['cli/dev.ts', `const { createProxy } = await import('../proxy/server.ts')`],
    ['engine/decide.ts', `import { canonicalJson } from '../wire/json.ts'`],
  ])('accepts %s with %s', (file, source) => {
    const [found] = importsOf(source)
    expect(found === undefined ? 'nothing found' : forbidden(file, found)).toBeNull()
  })

  it('names real packages', () => {
    const manifest: { dependencies: Record<string, string> } = JSON.parse(
      readFileSync(join(root, 'package.json'), 'utf8'),
    )
    for (const name of Object.keys(PACKAGE_ROOM)) expect(manifest.dependencies).toHaveProperty(name)
  })
})

describe('purity guards', () => {
  /** Runs a check on a copy of its configuration that covers one extra file with the given source. */
  function failsOn(source: string, run: (file: string) => void): boolean {
    const file = join(root, 'src', 'engine', `purity-probe-${process.pid}.ts`)
    writeFileSync(file, source)
    try {
      run(file)
      return false
    } catch {
      return true
    } finally {
      rmSync(file)
    }
  }

  const compile = (file: string): void => {
    const directory = mkdtempSync(join(tmpdir(), 'gateway-purity-'))
    const config = join(directory, 'tsconfig.json')
    writeFileSync(
      config,
      JSON.stringify({ extends: join(root, 'src', 'engine', 'tsconfig.json'), include: [file], exclude: [] }),
    )
    try {
      execFileSync(join(root, 'node_modules', '.bin', 'tsc'), ['-p', config, '--noEmit'], { stdio: 'pipe' })
    } finally {
      rmSync(directory, { recursive: true })
    }
  }
  const lint = (file: string): void => {
    execFileSync(join(root, 'node_modules', '.bin', 'oxlint'), ['-c', join(root, '.oxlintrc.json'), file], {
      cwd: root,
      stdio: 'pipe',
    })
  }

  it('does not compile Node, timers, fetch or text codecs in the pure rooms', () => {
    expect(failsOn('export const fine = 1\n', compile)).toBe(false)
    for (const expression of [
      'process.cwd()',
      'setTimeout(() => undefined, 1)',
      "fetch('x')",
      'new TextDecoder()',
      "new URL('x')",
      'console.log(1)',
    ]) {
      expect(failsOn(`export const probe = (): unknown => ${expression}\n`, compile), expression).toBe(true)
    }
    expect(failsOn("export { readFileSync } from 'node:fs'\n", compile)).toBe(true)
  })

  it('bars clock and chance by lint in the pure rooms', () => {
    expect(failsOn('export const fine = 1\n', lint)).toBe(false)
    for (const expression of ['Date.now()', 'Math.random()', 'new Date()']) {
      expect(failsOn(`export const probe = (): unknown => ${expression}\n`, lint), expression).toBe(true)
    }
  })
})
