import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Decision } from '../../../../src/engine/decision.ts'
import { modelId } from '../../../../src/engine/matrix.ts'
import type { BudgetRule } from '../../../../src/engine/routing-config.ts'
import { EMPTY_STATE, type BudgetLeft } from '../../../../src/engine/state.ts'
import { createRedactor } from '../../../../src/guardrails/redactor.ts'
import type { RedactionProfile, Redactor } from '../../../../src/guardrails/redactor.ts'
import { arrivalOf } from '../../../../src/replay/fixtures/incoming.ts'
import { readFixtures } from '../../../../src/replay/fixtures/reader.ts'
import { createRecorder } from '../../../../src/replay/recorder/recorder.ts'
import { redactDecision, redactState, renamedSubjects } from '../../../../src/replay/recorder/redact-context.ts'
import type { Recorder, RecorderOptions } from '../../../../src/replay/recorder/recorder.ts'
import type { Fixture } from '../../../../src/replay/types.ts'
import { anySecret } from '../../guardrails/secrets.ts'
import { decideByText, exchange } from './exchange.ts'
import type { ExchangeParts } from './exchange.ts'

const STRICT = { profile: 'strict' as const, knownValues: [], salt: 'salt' }

let directory = ''
let file = ''

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gateway-recorder-'))
  file = join(directory, 'sub', 'recorded.jsonl')
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

interface Setup extends Partial<RecorderOptions> {
  readonly profile?: RedactionProfile
  readonly knownValues?: readonly string[]
}

function open(setup: Setup = {}): Promise<Recorder> {
  const { profile = 'strict', knownValues = [], ...options } = setup
  return createRecorder({
    file,
    run: 'run',
    mode: 'all',
    sample: 1,
    redactor: createRedactor({ profile, knownValues, salt: 'salt' }),
    salt: 'salt',
    decideAgain: decideByText,
    catalogHash: 'cafe',
    pricesHash: 'cafe',
    createdAt: '2024-11-04T14:00:00.000Z',
    ...options,
  })
}

async function recordAll(recorder: Recorder, exchanges: readonly ExchangeParts[]): Promise<Fixture[]> {
  for (const parts of exchanges) {
    const { record, content } = exchange(parts)
    recorder.accept(record, content)
  }
  await recorder.close()
  return recorded()
}

async function recorded(): Promise<Fixture[]> {
  const fixtures: Fixture[] = []
  for await (const event of readFixtures(file)) {
    expect(event.kind).not.toBe('problem')
    if (event.kind === 'fixture') fixtures.push(event.fixture)
  }
  return fixtures
}

const ask = (content: string, more: Record<string, string> = {}): ExchangeParts['body'] => ({
  messages: [{ role: 'user', content }],
  ...more,
})

describe('recording', () => {
  it('writes an exchange that can be read, arrives again and decides the same', async () => {
    const [fixture] = await recordAll(await open(), [{ body: ask('hello', { user: 'ada@x.example' }) }])
    expect(fixture?.res).toMatchObject({
      model: 'small',
      message: { text: 'fine' },
      cost: { nano_usd: 1234, basis: 'reported' },
      timing: { ttft_ms: 30, total_ms: 95 },
    })
    const arrival = fixture === undefined ? undefined : arrivalOf(fixture)
    expect(arrival && decideByText(arrival.incoming)).toEqual(fixture?.decision)
    expect(fixture?.redaction?.decision_stable).toBe(true)
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('replaces who asked by keyed hashes, everywhere in the line', async () => {
    await recordAll(await open(), [{ body: ask('hello', { user: 'ada-lovelace' }), rights: { user: 'ada-lovelace' } }])
    const text = readFileSync(file, 'utf8')
    expect(text).not.toContain('ada-lovelace')
    expect(text).not.toContain('"docs"')
    expect(text).toMatch(/"user":"user_[0-9a-f]{12}"/u)
  })

  it('keeps ids in the profile `secrets`', async () => {
    const [fixture] = await recordAll(await open({ profile: 'secrets' }), [{ body: ask('hello') }])
    expect(fixture?.ctx.rights).toMatchObject({ user: 'ada', project: 'docs', keyId: 'key-7' })
  })

  it('says when the redacted request is decided otherwise, and keeps the original decision', async () => {
    const [fixture] = await recordAll(await open(), [{ body: ask('write to a@x.example') }])
    expect(fixture?.req.body['messages']).toEqual([{ role: 'user', content: 'write to [EMAIL_1]' }])
    expect(fixture?.redaction).toMatchObject({ decision_stable: false, hits: { EMAIL: 1 } })
    expect(fixture?.decision?.outcome).toMatchObject({ model: 'large' })
    expect(fixture?.decision?.principal.user).toMatch(/^user_/u)
  })

  it('marks a prompt whose size changed, since budgets reserve by it', async () => {
    const parts = [
      { body: ask('mail to ada@mail.example'), id: 'r1' },
      { body: ask('hello'), id: 'r2' },
    ]
    const [changed, kept] = await recordAll(await open(), parts)
    expect(changed?.redaction).toMatchObject({ decision_stable: true, amounts_stable: false })
    expect(kept?.redaction).not.toHaveProperty('amounts_stable')
  })

  it('hashes the subjects of budgets, a user and a project of one name apart', () => {
    const identities = { profile: 'strict' as const, salt: 'salt', session: createRedactor(STRICT).session('s_1') }
    const of = (scope: BudgetRule['scope']): BudgetLeft => ({
      rule: { name: `per ${scope}`, scope, limitNanoUsd: 1, window: 'day', warnAt: 1, onExceed: 'block' },
      subject: 'docs',
      leftNanoUsd: 0,
      resetsAt: null,
    })
    const before = [of('user'), of('project')]
    const { budgets } = redactState({ ...EMPTY_STATE, budgets: before }, identities)
    const { record } = exchange({ body: ask('hello') })
    const spent = { leftNanoUsd: 0, neededNanoUsd: 1, code: 'budget_exhausted', subject: 'docs' } as const
    const decision: Decision = {
      ...record.decision,
      candidates: ['per user', 'per project'].map((budget) => ({
        model: modelId(budget),
        tier: 'free',
        rejected: { ...spent, budget },
      })),
      budgetWarnings: [{ budget: 'per project', subject: 'docs', leftNanoUsd: 0, limitNanoUsd: 1 }],
    }
    const redaction = { rights: record.decision.principal, subjects: renamedSubjects(before, budgets) }
    const redacted = redactDecision(decision, decision.asked, redaction)
    const [user = '', project = ''] = budgets.map(({ subject }) => subject)
    expect([user.slice(0, 5), project.slice(0, 8)]).toEqual(['user_', 'project_'])
    expect(redacted.candidates.map((one) => ('rejected' in one ? one.rejected : null))).toMatchObject([
      { subject: user },
      { subject: project },
    ])
    expect(redacted.budgetWarnings).toMatchObject([{ subject: project }])
  })

  it('keeps cut points exact only while the text is as it was sent', async () => {
    const chunks = { atMs: [30, 60], length: [2, 2] }
    const leaky = { atMs: [30, 60], length: [2, 9] }
    const fixtures = await recordAll(await open(), [
      { body: ask('one'), id: 'r1', chunks, blocks: [{ kind: 'text', text: 'abcd' }] },
      { body: ask('two'), id: 'r2', chunks: leaky, blocks: [{ kind: 'text', text: 'a@x.example' }] },
    ])
    expect(fixtures.map((fixture) => fixture.res?.chunks?.exact)).toEqual([true, false])
  })

  it('records failures with their code, and nothing of a client that left', async () => {
    const recorder = await open()
    const fixtures = await recordAll(recorder, [
      { body: ask('one'), result: { kind: 'failed', status: 502, code: 'upstream_exhausted', afterFirstByte: false } },
      { body: ask('two'), id: 'r2', result: { kind: 'client_gone', status: 499 } },
    ])
    expect(fixtures.map(({ res }) => [res?.status, res?.error?.code])).toEqual([[502, 'upstream_exhausted']])
    expect(recorder.stats().skipped.unfinished).toBe(1)
  })

  it('leaves out what is on file already in mode `new`, also after a restart', async () => {
    const first = await open({ mode: 'new' })
    await recordAll(first, [{ body: ask('same') }, { body: ask('same'), id: 'r2' }])
    expect(first.stats()).toMatchObject({ recorded: 1, skipped: { known: 1 } })
    const second = await open({ mode: 'new' })
    const fixtures = await recordAll(second, [
      { body: ask('same'), id: 'r3' },
      { body: ask('other'), id: 'r4' },
    ])
    expect(fixtures.length).toBe(2)
    expect(second.stats().skipped.known).toBe(1)
  })

  it('goes on after a line that a crash cut off', async () => {
    await recordAll(await open(), [{ body: ask('one') }])
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, -20))
    const recorder = await open()
    const { record, content } = exchange({ body: ask('two'), id: 'r2' })
    recorder.accept(record, content)
    await recorder.close()
    const kinds: string[] = []
    for await (const event of readFixtures(file)) kinds.push(event.kind)
    expect(kinds).toEqual(['header', 'problem', 'fixture'])
  })

  it('samples each intent evenly', async () => {
    const recorder = await open({ sample: 0.25 })
    const exchanges = Array.from({ length: 80 }, (_, index): ExchangeParts => ({
      body: ask(`prompt ${index}`),
      id: `r${index}`,
      intent: index % 10 === 0 ? 'math' : 'chat',
    }))
    const fixtures = await recordAll(recorder, exchanges)
    expect(fixtures.length).toBe(20)
    expect(recorder.stats().skipped.sampled).toBe(60)
  })

  it('drops and counts a line in which the second look still finds something', async () => {
    const strict = createRedactor({ profile: 'strict', knownValues: [], salt: 'salt' })
    const blind: Redactor = {
      ...strict,
      session: () => ({ text: (text) => text, name: (text) => text, json: (value) => value, hits: {} }),
    }
    const recorder = await open({ redactor: blind })
    const { record, content } = exchange({ body: ask('password: Zq8!kLm2pR') })
    recorder.accept(record, content)
    await recorder.close()
    expect(recorder.stats()).toMatchObject({ recorded: 0, dropped: { leak: 1 } })
  })

  it('drops rather than throws when the decision cannot be made again', async () => {
    const recorder = await open({
      decideAgain: () => {
        throw new Error('no')
      },
    })
    const { record, content } = exchange({ body: ask('hello') })
    recorder.accept(record, content)
    await recorder.close()
    expect(recorder.stats().dropped.failed).toBe(1)
  })
})

describe('secrets in an exchange', () => {
  const places: Readonly<Record<string, (key: string) => ExchangeParts>> = {
    prompt: (key) => ({ body: ask(`use ${key} please`) }),
    'content parts': (key) => ({
      body: { messages: [{ role: 'user', content: [{ type: 'text', text: `k=${key}` }] }] },
    }),
    'tool result': (key) => ({
      body: {
        messages: [
          { role: 'user', content: 'go' },
          {
            role: 'assistant',
            content: null,
            tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }],
          },
          { role: 'tool', tool_call_id: 'c1', content: JSON.stringify({ env: { A: key } }) },
        ],
      },
    }),
    metadata: (key) => ({ body: { ...ask('x'), metadata: { note: key } } }),
    'nested JSON': (key) => ({ body: ask(JSON.stringify({ a: JSON.stringify({ b: [JSON.stringify({ c: key })] }) })) }),
    URL: (key) => ({ body: ask(`https://api.example.com/v1?x=${encodeURIComponent(key)}&y=1`) }),
    base64: (key) => ({ body: ask(`data: ${Buffer.from(`x=${key};`).toString('base64')}`) }),
    answer: (key) => ({ body: ask('x'), blocks: [{ kind: 'text', text: `it is ${key}` }] }),
    reasoning: (key) => ({ body: ask('x'), blocks: [{ kind: 'reasoning', text: `so ${key}` }] }),
    'tool arguments': (key) => ({
      body: ask('x'),
      blocks: [{ kind: 'tool_use', id: 'c', name: 'f', argumentsJson: JSON.stringify({ q: key, n: [key] }) }],
    }),
    'broken tool arguments': (key) => ({
      body: ask('x'),
      blocks: [{ kind: 'tool_use', id: 'c', name: 'f', argumentsJson: `{"q": "${key}"` }],
    }),
  }

  it.each(Object.entries(places))('never reach the file: %s', async (_name, place) => {
    const keys = fc.sample(anySecret, { seed: 23, numRuns: 40 })
    const recorder = await open({ profile: 'secrets' })
    const fixtures = await recordAll(
      recorder,
      keys.map((key, index) => ({ ...place(key), id: `r${index}` })),
    )
    const text = readFileSync(file, 'utf8')
    for (const key of keys) expect(text).not.toContain(JSON.stringify(key).slice(1, -1))
    for (const key of keys) expect(text).not.toContain(Buffer.from(key).toString('base64').slice(4, 40))
    expect(fixtures.length + recorder.stats().dropped.leak).toBe(keys.length)
    expect(fixtures.length).toBeGreaterThan(keys.length / 2)
  })

  it('are found when a stream cut them at any place', async () => {
    const [key = ''] = fc.sample(anySecret, { seed: 29, numRuns: 1 })
    const text = `the key is ${key}, keep it`
    const cuts = Array.from({ length: text.length - 1 }, (_, index) => index + 1)
    const recorder = await open({ profile: 'secrets' })
    const fixtures = await recordAll(
      recorder,
      cuts.map((cut) => ({
        body: ask(`cut at ${cut}`),
        id: `r${cut}`,
        // Stream parts of one kind are joined by the pipeline; blocks that were not are joined before redaction.
        blocks: [
          { kind: 'text', text: text.slice(0, cut) },
          { kind: 'text', text: text.slice(cut) },
        ],
        chunks: { atMs: [1, 2], length: [cut, text.length - cut] },
      })),
    )
    expect(fixtures.length).toBe(cuts.length)
    for (const fixture of fixtures) expect(fixture.res?.message.text).toMatch(/^the key is \[[A-Z_]+_1\], keep it$/u)
  })

  it('that are known by value are found whatever they look like', async () => {
    const known = 'plain words of a passphrase'
    const recorder = await open({ knownValues: [known] })
    await recordAll(recorder, [
      { body: ask(known), id: 'r1' },
      { body: ask(Buffer.from(`a ${known}`).toString('base64')), id: 'r2' },
      { body: ask(`x=${encodeURIComponent(known)}`), id: 'r3' },
    ])
    const text = readFileSync(file, 'utf8')
    expect(text).not.toContain(known)
    expect(text).not.toContain(encodeURIComponent(known))
    expect(text).not.toContain(Buffer.from(known).toString('base64').slice(4, 20))
    expect(recorder.stats().redactions).toEqual({ SECRET: 3 })
  })

  it('leave no content at all in the profile `shape`, and the request still parses', async () => {
    const place = places['tool result']
    const [fixture] = await recordAll(await open({ profile: 'shape' }), [
      place?.('plain content') ?? { body: ask('x') },
    ])
    const text = readFileSync(file, 'utf8')
    expect(text).not.toContain('plain content')
    expect(text).not.toContain('fine')
    expect(fixture === undefined ? 0 : arrivalOf(fixture).incoming.request.messages.length).toBe(3)
  })
})
