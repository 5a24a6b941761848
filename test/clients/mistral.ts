import { Mistral } from '@mistralai/mistralai'
import type { ChatCompletionRequest } from '@mistralai/mistralai/models/components/chatcompletionrequest.js'
import type { UsageInfo } from '@mistralai/mistralai/models/components/usageinfo.js'
import type { ContentChunk } from '@mistralai/mistralai/models/components/contentchunk.js'
import type { ToolCall } from '@mistralai/mistralai/models/components/toolcall.js'
import {
  argumentsOf,
  facesOf,
  PIXEL,
  QUESTION,
  rejection,
  SCHEMA,
  TOOL,
  type Ask,
  type Client,
  type Got,
  type Place,
} from './client.ts'

function open({ url, key }: Place, retry = false): Mistral {
  const backoff = { initialInterval: 100, maxInterval: 100, exponent: 1, maxElapsedTime: 10_000 }
  return new Mistral({
    serverURL: url,
    apiKey: key,
    retryConfig: retry ? { strategy: 'backoff', backoff, retryConnectionErrors: false } : { strategy: 'none' },
  })
}

function paramsOf({ model, tools, schema, image }: Ask): ChatCompletionRequest {
  const text = { type: 'text' as const, text: QUESTION }
  const picture = { type: 'image_url' as const, imageUrl: `data:image/png;base64,${PIXEL}` }
  return {
    model,
    messages: [{ role: 'user', content: image === true ? [text, picture] : QUESTION }],
    ...(tools === true
      ? {
          tools: [{ type: 'function', function: { ...TOOL, parameters: { ...TOOL.parameters } } }],
          toolChoice: 'any',
          parallelToolCalls: true,
        }
      : {}),
    ...(schema === true
      ? {
          responseFormat: {
            type: 'json_schema',
            jsonSchema: { name: 'weather', schemaDefinition: { ...SCHEMA }, strict: true },
          },
        }
      : {}),
  }
}

interface Seen {
  text: string
  thought: string
  finish: string
  usage: UsageInfo | undefined
  readonly calls: Map<number, { name: string; args: string }>
}

async function ask(place: Place, asked: Ask): Promise<Got> {
  const { chat } = open(place, asked.retry)
  const params = paramsOf(asked)
  const seen: Seen = { text: '', thought: '', finish: '', usage: undefined, calls: new Map() }
  if (asked.stream) {
    for await (const { data } of await chat.stream(params)) {
      const [choice] = data.choices
      seen.text += textOf(choice?.delta.content)
      seen.thought += thoughtOf(choice?.delta.content)
      seen.finish = choice?.finishReason ?? seen.finish
      seen.usage = data.usage ?? seen.usage
      addCalls(seen, choice?.delta.toolCalls)
    }
    return gotOf(seen)
  }
  const { choices, usage } = await chat.complete(params)
  const [choice] = choices
  seen.text = textOf(choice?.message?.content)
  seen.thought = thoughtOf(choice?.message?.content)
  seen.finish = choice?.finishReason ?? ''
  seen.usage = usage
  addCalls(seen, choice?.message?.toolCalls)
  return gotOf(seen)
}

type Content = string | readonly ContentChunk[] | null | undefined

function textOf(content: Content): string {
  if (typeof content === 'string') return content
  return (content ?? []).map((part) => (part.type === 'text' ? part.text : '')).join('')
}

/** Thoughts stand among the content. */
function thoughtOf(content: Content): string {
  if (typeof content === 'string') return ''
  return (content ?? [])
    .flatMap((part) => (part.type === 'thinking' ? part.thinking : []))
    .map((part) => (part.type === 'text' ? part.text : ''))
    .join('')
}

/** Fragments are bound by their index; whole answers leave it out. */
function addCalls({ calls }: Seen, fragments: readonly ToolCall[] | null | undefined): void {
  for (const [at, { index, function: called }] of (fragments ?? []).entries()) {
    const place = index === undefined || index === 0 ? at : index
    const call = calls.get(place) ?? { name: '', args: '' }
    if (call.name === '') call.name = called.name
    call.args += typeof called.arguments === 'string' ? called.arguments : JSON.stringify(called.arguments)
    calls.set(place, call)
  }
}

function gotOf({ text, thought, finish, usage, calls }: Seen): Got {
  return {
    text,
    thought,
    calls: [...calls.values()].map(({ name, args }) => ({ name, args: argumentsOf(args) })),
    finish: finish === 'stop' || finish === 'tool_calls' ? finish : 'other',
    inputTokens: usage?.promptTokens ?? null,
    outputTokens: usage?.completionTokens ?? null,
  }
}

export const mistral: Client = {
  name: '@mistralai/mistralai 2',
  ask,
  async leave(place, model) {
    const stop = new AbortController()
    const stream = await open(place).chat.stream(paramsOf({ model, stream: true }), {
      fetchOptions: { signal: stop.signal },
    })
    for await (const { data } of stream) if (textOf(data.choices[0]?.delta.content) !== '') break
    stop.abort()
  },
  async fail(place, model) {
    return facesOf(await rejection(open(place).chat.complete(paramsOf({ model, stream: false }))))
  },
}
