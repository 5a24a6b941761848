import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

interface SeenRequest {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Readonly<Record<string, unknown>>
}

export interface ScriptedUpstream {
  readonly url: string
  readonly seen: SeenRequest[]
  /** Requests whose client closed before the answer was complete. */
  readonly aborted: () => number
  close(): Promise<void>
}

export type Script = (request: SeenRequest, response: ServerResponse) => void | Promise<void>

/** A provider on this machine that does what the test says. */
export async function scriptedUpstream(script: Script): Promise<ScriptedUpstream> {
  const seen: SeenRequest[] = []
  let aborted = 0
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (piece) => (text += String(piece)))
    request.on('end', () => {
      const arrived: SeenRequest = { path: request.url ?? '', headers: request.headers, body: JSON.parse(text) }
      seen.push(arrived)
      void script(arrived, response)
    })
    response.on('close', () => {
      if (!response.writableFinished) aborted += 1
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve())
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    seen,
    aborted: () => aborted,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export function chunk(delta: Readonly<Record<string, unknown>>, finish: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finish }]
  return `data: ${JSON.stringify({ id: 'up-1', object: 'chat.completion.chunk', created: 1, model: 'local-2026', choices, usage: null })}\n\n`
}

export const USAGE_CHUNK = `data: ${JSON.stringify({
  id: 'up-1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'local-2026',
  choices: [],
  usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 },
})}\n\n`

export function sendStream(response: ServerResponse, events: readonly string[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const event of events) response.write(event)
}

export function sendAnswer(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(
    JSON.stringify({
      id: 'up-1',
      object: 'chat.completion',
      created: 1,
      model: 'local-2026',
      vendor_field: 'kept',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: text, refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 },
    }),
  )
}

/** A config whose models are served by that provider; the key comes from `LOCAL_KEY`. */
export function localConfig(url: string, extra = ''): string {
  return `version: 1
providers:
  local: { kind: openai-compatible, base_url: ${url}, api_keys: ["\${LOCAL_KEY}"] }
models:
  local-model:
    provider: local
    upstream_model: local-2026
    tier: standard
    context_window: 32k
    max_output: 4k
    price: { input: 1, output: 2 }
${extra}`
}
