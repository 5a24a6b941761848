import { describe, expect, it } from 'vitest'
import { logFields } from '../../../src/telemetry/log-fields.ts'
import { escapeControls, fieldsLine, logLine } from '../../../src/telemetry/log-line.ts'
import { modelId } from '../../../src/engine/matrix.ts'
import type { ExchangeRecord } from '../../../src/engine/record.ts'
import type { Incoming } from '../../../src/pipeline/ports.ts'
import { incomingRequest, recordOf } from '../proxy/test-proxy.ts'

const plain = { json: false, redact: (text: string) => text }
const json = { ...plain, json: true }

function record(changes: Partial<ExchangeRecord> = {}, from: Incoming = incomingRequest()): ExchangeRecord {
  return recordOf(from, changes)
}

describe('log line', () => {
  it('is logfmt with the facts of the record, and nothing for facts that are absent', () => {
    const line = logLine(record(), plain)
    expect(line).toBe(
      'ts=2026-11-22T00:00:00.000Z id=req_1 status=200 key=dev user=ada session=s_1 asked=auto intent=chat ' +
        'confidence=0.81 rule="free first" policy=balanced model=model-a provider=org tier=standard fallback=none ' +
        'attempts=1 stream=false finish=stop in=10 out=3 tokens=reported cost_usd=0.00000125 ttft_ms=40 total_ms=121 ' +
        'overhead_ms=1 upstream=simulated config=c0ffeec0',
    )
  })

  it('says from which tier a spent budget sent the request down', () => {
    const { decision } = record()
    if (decision.outcome.kind !== 'chosen') throw new Error('not chosen')
    const outcome = { ...decision.outcome, downgradedFrom: { tier: 'premium', cause: 'budget' } as const }
    const line = logLine(record({ decision: { ...decision, outcome } }), plain)
    expect(line).toContain(' tier=standard fallback=budget down_from=premium ')
  })

  it('is one JSON object with the same names and values', () => {
    expect(JSON.parse(logLine(record(), json))).toMatchObject({
      id: 'req_1',
      status: 200,
      in: 10,
      cost_usd: '0.00000125',
    })
    const names = [...logLine(record(), plain).matchAll(/(?:^| )(\w+)=/g)].map(([, name]) => name)
    expect(Object.keys(JSON.parse(logLine(record(), json)))).toEqual(names)
  })

  it('names the refusal, the failed attempts and what was injected', () => {
    const attempts: ExchangeRecord['attempts'] = [
      {
        model: 'model-a',
        provider: 'org',
        upstreamModel: 'model-a-2026',
        status: null,
        failure: 'connect',
        ms: 1,
        firstTokenMs: null,
        retryAfterMs: null,
        injected: true,
        retryOf: 0,
        waitedMs: 250,
        cooldownMs: 5_000,
      },
    ]
    const result: ExchangeRecord['result'] = {
      kind: 'failed',
      status: 502,
      code: 'upstream_exhausted',
      afterFirstByte: false,
    }
    const line = logLine(record({ attempts, result, usage: null, cost: { kind: 'none' } }), plain)
    expect(line).toContain('status=502 code=upstream_exhausted')
    expect(line).toContain('failures=org/model-a:connect;again;cooldown:5000 waited_ms=250')
    expect(line).toContain('chaos=true')
    expect(line).not.toContain('model=model-a ')
  })

  it('says where a gone client left, and that a cost is unknown', () => {
    const line = logLine(
      record({ result: { kind: 'client_gone', status: 499 }, cost: { kind: 'unknown', why: 'no_price' } }),
      plain,
    )
    expect(line).toContain('status=499 code=client_gone')
    expect(line).toContain('cost_usd=unknown')
  })

  it('can not be forged or moved by what a client chose', () => {
    const hostile = 'a\n\u001b[2Jts=fake status=200\u202e" x\u0085\u2028'
    for (const style of [plain, json]) {
      const line = logLine(record({}, incomingRequest(hostile, hostile)), style)
      expect(line).not.toMatch(/[\p{Cc}\p{Cf}\u2028]/u)
      expect(line.match(/(?:^|\s|")ts"?[=:]/g)).toHaveLength(1)
    }
  })

  it('redacts before it cuts', () => {
    const secret = `sk-${'k'.repeat(40)}`
    const redact = (text: string): string => text.replaceAll(secret, '[KEY]')
    // Cut first, half of the key would be left and no pattern would find it.
    const line = logLine(record({}, incomingRequest('m'.repeat(100) + secret)), { json: false, redact })
    expect(line).not.toContain('sk-')
    expect(line).toContain('[KEY]')
  })

  it('logs a list of fields, so a member that a record gets later stays out', () => {
    const later = { ...record(), prompt: 'the prompt', decision: { ...record().decision, secret: 'the prompt' } }
    expect(logLine(later, json)).not.toContain('the prompt')
  })

  it('takes the tier from the attempt that answered', () => {
    const plan = record().decision.plan
    const served = plan[2]
    expect(served?.why).toBe('lower_tier')
    const attempts = record().attempts.map((attempt) => ({
      ...attempt,
      model: modelId('model-c'),
      upstreamModel: 'model-c-2026',
    }))
    expect(logFields(record({ attempts }))).toMatchObject({ model: 'model-c', tier: 'free', fallback: 'tier' })
  })
})

describe('escaping', () => {
  it('keeps ordinary text of any script', () => {
    expect(escapeControls('Grüße 你好 🙂')).toBe('Grüße 你好 🙂')
    expect(escapeControls('\u001b]8;;http://x\u0007')).toBe('\\u001b]8;;http://x\\u0007')
  })

  it('quotes values with spaces, quotes and equals signs', () => {
    expect(fieldsLine({ a: 'x y', b: 'q"q', c: 'k=v', d: '', e: null, f: true }, plain)).toBe(
      'a="x y" b="q\\"q" c="k=v" d="" f=true',
    )
  })
})
