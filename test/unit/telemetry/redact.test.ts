import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { logRedactor } from '../../../src/telemetry/redact.ts'

const random = (length: number): string => randomBytes(length).toString('hex').slice(0, length)

describe('redaction of logs', () => {
  it('takes out known values of any form, the longest first', () => {
    const short = random(8)
    const long = `${short}-${random(8)}`
    const redact = logRedactor([short, long])
    expect(redact(`a ${long} b ${short} c`)).toBe('a [SECRET] b [SECRET] c')
  })

  it('takes out keys that nobody told it of', () => {
    const key = `sk-proj-${randomBytes(48).toString('base64url')}`
    const line = logRedactor([])(`model=${key} user=ada`)
    expect(line).not.toContain(key.slice(8, 30))
    expect(line).toContain('user=ada')
  })

  it('leaves ordinary values alone, and values too short to be told apart', () => {
    expect(logRedactor(['auto', ''])('asked=auto model=gpt-4o-mini')).toBe('asked=auto model=gpt-4o-mini')
  })
})
