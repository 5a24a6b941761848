import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { parse } from 'yaml'
import { describe, expect, it } from 'vitest'
import { configJsonSchema } from '../../../src/config/json-schema.ts'
import { STARTER_CONFIG } from '../../../src/config/starter.ts'
import { check } from './check.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')
const ajv = new Ajv2020({ strict: false, allErrors: true })
const accepts = ajv.compile(configJsonSchema())

/** Files that are meant to be wrong. */
const BAD = new Set(['ten-mistakes.yaml'])

function yamlFiles(dir: string): string[] {
  return readdirSync(dir).flatMap((name) => {
    if (name === 'node_modules' || name === 'dist' || name.startsWith('.')) return []
    const path = join(dir, name)
    if (statSync(path).isDirectory()) return yamlFiles(path)
    return /\.ya?ml$/.test(name) && !BAD.has(name) && isConfig(path) ? [path] : []
  })
}

/** Every config of the repository says which schema it follows. */
function isConfig(path: string): boolean {
  return readFileSync(path, 'utf8').includes('gateway.schema.json')
}

const files = yamlFiles(ROOT)

describe('the JSON Schema', () => {
  it('found the configs of the repository', () => {
    expect(files.length).toBeGreaterThanOrEqual(4)
    expect(files.some((file) => file.endsWith('vocabulary.yaml'))).toBe(true)
  })

  it.each(files.map((file) => [file.slice(ROOT.length + 1), file] as const))('accepts %s', (_name, file) => {
    const valid = accepts(parse(readFileSync(file, 'utf8')))
    expect(accepts.errors ?? []).toEqual([])
    expect(valid).toBe(true)
  })

  it('accepts the starter config, which is also valid by itself', () => {
    expect(accepts(parse(STARTER_CONFIG))).toBe(true)
    expect(
      check(STARTER_CONFIG).problems.filter(({ code }) => code !== 'config_unknown_model' && code !== 'config_weak'),
    ).toEqual([])
  })

  it.each([
    'default_policy: best',
    'routing: { default_polcy: best }',
    'failover: { deadline: soon }',
    'failover: { max_cost: cheap }',
    'failover: { maxcost: 1 USD }',
    'providers: { openai: { kind: openai, api_keys: [a-literal-key] } }',
    'rate_limits: [{ scope: key, requests: many }]',
  ])('refuses %s, as the config check does', (text) => {
    expect(accepts(parse(text))).toBe(false)
    expect(check(text).config).toBeUndefined()
  })

  it('tells editors what a cap on the cost of failover is', () => {
    const cap = configJsonSchema()
    expect(cap).toHaveProperty('properties.failover.properties.max_cost.examples', ['0.05 USD'])
    expect(cap).toHaveProperty(
      'properties.failover.properties.max_cost.description',
      expect.stringContaining('attempts'),
    )
    expect(cap).not.toHaveProperty('properties.failover.properties.max_cost.default')
    expect(accepts(parse('failover: { max_cost: 0.05 USD }'))).toBe(true)
  })

  it('tells editors the defaults in the form that people write', () => {
    expect(configJsonSchema()).toHaveProperty('properties.failover.properties.deadline.default', '60s')
  })
})
