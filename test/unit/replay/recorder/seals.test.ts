import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRedactor, type RedactionProfile } from '../../../../src/guardrails/redactor.ts'
import { canonicalAnswer } from '../../../../src/replay/driver/replay-upstream.ts'
import { redactFixture } from '../../../../src/replay/fixtures/redact-fixture.ts'
import { redactAnswer } from '../../../../src/replay/recorder/redact-answer.ts'
import type { Fixture, FixtureResponse } from '../../../../src/replay/types.ts'
import type { Block, CanonicalAnswer, CanonicalRequest } from '../../../../src/wire/canonical.ts'
import { encodeMessagesRequest } from '../../../../src/wire/anthropic/encode-request.ts'
import { encodeGenerateRequest } from '../../../../src/wire/gemini/encode-request.ts'
import { SECRETS } from '../../guardrails/secrets.ts'

const session = (profile: RedactionProfile = 'strict') =>
  createRedactor({ knownValues: [], profile, salt: 's' }).session('s')

function answer(blocks: readonly Block[]): CanonicalAnswer {
  return { id: '', model: 'm', blocks, finish: 'tool_calls', usage: null }
}

/** The answer as it comes out of a line of a fixture file. */
function stored(blocks: readonly Block[], profile?: RedactionProfile): Block[] {
  const message = redactAnswer(answer(blocks), session(profile))
  const line: FixtureResponse = { status: 200, model: 'm', finish: 'tool_calls', message, usage: null }
  const read: FixtureResponse = JSON.parse(JSON.stringify(line))
  return [...canonicalAnswer(read).blocks]
}

const BY_ANTHROPIC = { signedBy: 'anthropic' } as const
const BY_GEMINI = { signedBy: 'gemini' } as const
const CLAUDE: readonly Block[] = [
  { kind: 'reasoning', text: 'look it up', signature: 'c2VhbC0x', ...BY_ANTHROPIC },
  { kind: 'reasoning', text: '', redacted: 'aGlkZGVu', ...BY_ANTHROPIC },
  { kind: 'reasoning', text: 'then answer', signature: 'c2VhbC0y', ...BY_ANTHROPIC },
  { kind: 'tool_use', id: 'toolu_1', name: 'f', argumentsJson: '{"a":1}' },
]
const GOOGLE: readonly Block[] = [
  { kind: 'text', text: 'One moment.', signature: 'dGV4dA==', ...BY_GEMINI },
  { kind: 'tool_use', id: 'a', name: 'f', argumentsJson: '{"a":1}', signature: 'Y2FsbA==', ...BY_GEMINI },
]

/** The next turn of a conversation whose last answer was replayed. */
function nextTurn(blocks: readonly Block[]): CanonicalRequest {
  return {
    format: 'openai-chat',
    model: 'm',
    messages: [
      { role: 'user', blocks: [{ kind: 'text', text: 'go' }] },
      { role: 'assistant', blocks },
      { role: 'tool', blocks: [{ kind: 'tool_result', toolUseId: 'toolu_1', blocks: [{ kind: 'text', text: 'r' }] }] },
    ],
    tools: [],
    responseFormat: { kind: 'text' },
    sampling: {},
    choices: 1,
    stream: false,
    includeUsage: false,
    metadata: {},
    extra: {},
  }
}

describe('seals of providers in a fixture', () => {
  it('come back with the very thoughts, calls and texts that they seal', () => {
    expect(stored(CLAUDE)).toEqual(CLAUDE)
    expect(stored(GOOGLE)).toEqual(GOOGLE)
  })

  it('let their provider take the next turn of a replayed conversation', () => {
    const { body } = encodeMessagesRequest(nextTurn(stored(CLAUDE)), { model: 'claude-sonnet-4-5' })
    expect(JSON.stringify(body)).toContain('"thinking":"look it up","signature":"c2VhbC0x"')
    expect(JSON.stringify(body)).toContain('aGlkZGVu')
    const google = encodeGenerateRequest(nextTurn(stored(GOOGLE)), { model: 'gemini-3-flash' })
    expect(JSON.stringify(google.body)).toContain('"thoughtSignature":"Y2FsbA=="')
  })

  it('are left out where redaction changed what they seal, or where no content is kept', () => {
    const [key = ''] = fc.sample(SECRETS['openai'] ?? fc.constant(''), { seed: 61, numRuns: 1 })
    const leaking = CLAUDE.map((block, at) =>
      at === 0 && block.kind === 'reasoning' ? { ...block, text: key } : block,
    )
    const thoughts = stored(leaking).filter(({ kind }) => kind === 'reasoning')
    expect(JSON.stringify(thoughts)).not.toContain(key)
    expect(thoughts.some((block) => 'signature' in block || 'redacted' in block)).toBe(false)
    const shaped = JSON.stringify(stored([...CLAUDE, ...GOOGLE], 'shape'))
    for (const seal of ['c2VhbC0x', 'aGlkZGVu', 'dGV4dA==', 'Y2FsbA==']) expect(shaped).not.toContain(seal)
  })

  it('go when they look like a secret themselves, and their thought stays', () => {
    const [key = ''] = fc.sample(SECRETS['openai'] ?? fc.constant(''), { seed: 62, numRuns: 1 })
    const odd: Block[] = [{ kind: 'reasoning', text: 'hm', signature: key, ...BY_ANTHROPIC }]
    expect(stored(odd)).toEqual([{ kind: 'reasoning', text: 'hm' }])
  })

  it('stay when a fixture file is redacted once more', () => {
    const message = redactAnswer(answer(CLAUDE), session())
    const res: FixtureResponse = { status: 200, model: 'm', finish: 'stop', message, usage: null }
    const fixture: Fixture = {
      id: 'f',
      key: 'k',
      key_v: 1,
      session: 's',
      turn: 0,
      ts: '2026-01-01T00:00:00.000Z',
      source: { kind: 'recorded' },
      tags: [],
      weight: 1,
      req: {
        api: 'chat.completions',
        model_asked: 'auto',
        body: { messages: [{ role: 'user', content: 'hi' }] },
        stream: false,
      },
      ctx: {
        rights: {
          keyId: 'k',
          alias: 'dev',
          groups: [],
          user: null,
          project: null,
          tierCeiling: null,
          models: null,
          policy: null,
        },
        now: 0,
      },
      res,
      expect: [],
    }
    const redactor = createRedactor({ knownValues: [], profile: 'strict', salt: 's' })
    expect(redactFixture(fixture, redactor, 's').res?.message).toEqual(message)
  })
})
