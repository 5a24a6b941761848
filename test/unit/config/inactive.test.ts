import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { inactiveProtections, inactiveSections } from '../../../src/config/inactive.ts'
import type { GatewayConfig } from '../../../src/config/schema.ts'
import { check } from './check.ts'

function config(text: string): GatewayConfig {
  const validated = check(text)
  if (validated.config === undefined) throw new Error(validated.problems.map(({ message }) => message).join())
  return validated.config
}

describe('sections that validate but do nothing yet', () => {
  it('are silent for a config that uses none', () => {
    expect(inactiveSections(config('routing: { default_policy: best }\nreplay: {}\nauth: { required: true }'))).toEqual(
      [],
    )
  })

  it('name what the vocabulary example uses beyond the present', () => {
    const all = config(
      readFileSync(join(import.meta.dirname, 'vocabulary.yaml'), 'utf8').replaceAll(
        /gpt-5.4-mini: +\{/g,
        'gpt-5.4-mini: {',
      ),
    )
    expect(inactiveProtections(all)).toEqual(['guardrails.input', 'guardrails.output'])
    expect(inactiveSections(all)).toEqual(expect.arrayContaining(['canaries', 'cache', 'telemetry.otlp']))
  })

  it.each([
    ['flags only', 'guardrails: { input: { patterns: { injection: flag, pii: off } } }', []],
    ['masks', 'guardrails: { output: { patterns: { secrets: mask } } }', ['guardrails.output']],
    ['blocks by score', 'guardrails: { input: { classifier: { injection: { block: 0.9 } } } }', ['guardrails.input']],
    [
      'blocks by list, which is what a list is for',
      'guardrails: { input: { blocklist: { files: [a.txt] } } }',
      ['guardrails.input'],
    ],
    ['a cache', 'cache: { exact: { ttl: 5m } }', []],
  ])('protect: %s', (_what, text, expected) => {
    expect(inactiveProtections(config(text))).toEqual(expected)
  })
})
