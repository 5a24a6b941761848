import type { AdapterPorts, ProviderSettings } from '../../../src/upstream/ports.ts'
import type { UpstreamCall, UpstreamPort, UpstreamResult } from '../../../src/pipeline/ports.ts'
import { AnthropicUpstream } from '../../../src/upstream/anthropic.ts'
import { GeminiUpstream } from '../../../src/upstream/gemini.ts'
import { OpenAiUpstream } from '../../../src/upstream/openai.ts'
import type { StreamPart } from '../../../src/wire/canonical.ts'
import {
  collect,
  delta,
  events,
  realClock,
  ROLE,
  scriptedServer,
  settings,
  STOP,
  wholeAnswer,
  type Script,
  type ScriptedServer,
} from './support.ts'

/** One kind of provider as a test plays it. Pieces of a stream are SSE text. */
export interface ProviderScript {
  readonly kind: 'openai' | 'anthropic' | 'gemini'
  readonly open: (settings: ProviderSettings, ports: AdapterPorts) => UpstreamPort
  /** Path of a whole answer and of a stream, for the model `up-m`. */
  readonly paths: readonly [whole: string, stream: string]
  readonly keyHeader: string
  readonly whole: (text: string) => object
  readonly error: (message: string) => object
  readonly start: string
  readonly text: (text: string) => string
  readonly stop: string
  /** Events that say that the provider failed, after some content. */
  readonly failure: string
}

function named(...given: { readonly type: string; readonly [key: string]: unknown }[]): string {
  return given.map((one) => `event: ${one.type}\ndata: ${JSON.stringify(one)}\n\n`).join('')
}

function candidate(parts: readonly object[], more: object = {}): object {
  return {
    candidates: [{ content: { role: 'model', parts }, index: 0, ...more }],
    modelVersion: 'served',
    responseId: 'r1',
  }
}

const usageMetadata = { promptTokenCount: 3, candidatesTokenCount: 2, totalTokenCount: 5 }

export const PROVIDERS: readonly ProviderScript[] = [
  {
    kind: 'openai',
    open: (one, ports) => new OpenAiUpstream(one, ports),
    paths: ['/v1/chat/completions', '/v1/chat/completions'],
    keyHeader: 'authorization',
    whole: wholeAnswer,
    error: (message) => ({ error: { message } }),
    start: events(ROLE),
    text: (text) => events(delta({ content: text })),
    stop: events(STOP, '[DONE]'),
    failure: events({ error: { message: 'broken', code: 500 } }),
  },
  {
    kind: 'anthropic',
    open: (one, ports) => new AnthropicUpstream(one, ports),
    paths: ['/v1/messages', '/v1/messages'],
    keyHeader: 'x-api-key',
    whole: (text) => ({
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'served',
      content: text === '' ? [] : [{ type: 'text', text }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 3, output_tokens: 2 },
    }),
    error: (message) => ({ type: 'error', error: { type: 'api_error', message } }),
    start: named({ type: 'message_start', message: { id: 'msg_1', model: 'served', usage: { input_tokens: 3 } } }),
    text: (text) => named({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
    stop: named(
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } },
      { type: 'message_stop' },
    ),
    failure: named({ type: 'error', error: { type: 'api_error', message: 'broken' } }),
  },
  {
    kind: 'gemini',
    open: (one, ports) => new GeminiUpstream(one, ports),
    paths: ['/v1/models/up-m:generateContent', '/v1/models/up-m:streamGenerateContent?alt=sse'],
    keyHeader: 'x-goog-api-key',
    whole: (text) => ({ ...candidate(text === '' ? [] : [{ text }], { finishReason: 'STOP' }), usageMetadata }),
    error: (message) => ({ error: { code: 500, message, status: 'INTERNAL' } }),
    start: events(candidate([])),
    text: (text) => events(candidate([{ text }])),
    stop: events({ ...candidate([], { finishReason: 'STOP' }), usageMetadata }),
    failure: events({ error: { code: 500, message: 'broken', status: 'INTERNAL' } }),
  },
]

/** A whole stream that says `texts`. */
export function streamOf(provider: ProviderScript, ...texts: string[]): string {
  return [provider.start, ...texts.map((text) => provider.text(text)), provider.stop].join('')
}

/** Runs one call of a provider's adapter against one script and cleans up. */
export async function callProvider(
  provider: ProviderScript,
  script: Script,
  call: UpstreamCall,
  given: { settings?: Partial<ProviderSettings>; ports?: AdapterPorts } = {},
): Promise<{ result: UpstreamResult; server: ScriptedServer; parts: StreamPart[] | Error | null }> {
  const server = await scriptedServer(script)
  const own = settings(server.baseUrl, { kind: provider.kind, ...given.settings })
  const upstream = provider.open(own, given.ports ?? { clock: realClock })
  try {
    const result = await upstream.call(call)
    const parts = result.kind === 'stream' ? await collect(result) : null
    return { result, server, parts }
  } finally {
    await upstream.close()
    await server.close()
  }
}
