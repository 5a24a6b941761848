import OpenAI from 'openai'
import type { ChatCompletionMessageToolCall, CompletionUsage } from 'openai/resources'
import type { ChatCompletionCreateParamsNonStreaming } from 'openai/resources/chat/completions'
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

function open({ url, key }: Place, retry = false): OpenAI {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: retry ? 1 : 0 })
}

function paramsOf({ model, tools, schema, image }: Ask): ChatCompletionCreateParamsNonStreaming {
  const text = { type: 'text' as const, text: QUESTION }
  const picture = { type: 'image_url' as const, image_url: { url: `data:image/png;base64,${PIXEL}` } }
  return {
    model,
    messages: [{ role: 'user', content: image === true ? [text, picture] : QUESTION }],
    ...(tools === true
      ? { tools: [{ type: 'function', function: { ...TOOL } }], tool_choice: 'required', parallel_tool_calls: true }
      : {}),
    ...(schema === true
      ? {
          response_format: {
            type: 'json_schema',
            json_schema: { name: 'weather', schema: { ...SCHEMA }, strict: true },
          },
        }
      : {}),
  }
}

/** The streaming helper checks roles, indexes and finish reasons on the way. */
async function ask(place: Place, asked: Ask): Promise<Got> {
  const client = open(place, asked.retry)
  const params = paramsOf(asked)
  if (!asked.stream) {
    const { choices, usage } = await client.chat.completions.create(params)
    return gotOf(choices[0], usage)
  }
  const runner = client.chat.completions.stream({ ...params, stream: true, stream_options: { include_usage: true } })
  // The helper keeps the last piece alone of a member that it does not know, so the pieces are put together here.
  let thought = ''
  runner.on('chunk', (chunk) => {
    thought += thoughtOf(chunk.choices[0]?.delta)
  })
  const { choices, usage } = await runner.finalChatCompletion()
  return { ...gotOf(choices[0], usage), thought }
}

interface Choice {
  readonly message: { readonly content: string | null; readonly tool_calls?: readonly ChatCompletionMessageToolCall[] }
  readonly finish_reason: string
}

/** A member of hosts that show thoughts; the client's types do not know it. */
function thoughtOf(message: object | undefined): string {
  const thought: unknown = message === undefined ? '' : Reflect.get(message, 'reasoning_content')
  return typeof thought === 'string' ? thought : ''
}

function gotOf(choice: Choice | undefined, usage: CompletionUsage | undefined): Got {
  const calls = (choice?.message.tool_calls ?? []).flatMap((call) =>
    call.type === 'function' ? [{ name: call.function.name, args: argumentsOf(call.function.arguments) }] : [],
  )
  const finish = choice?.finish_reason
  return {
    text: choice?.message.content ?? '',
    thought: thoughtOf(choice?.message),
    calls,
    finish: finish === 'stop' || finish === 'tool_calls' ? finish : 'other',
    inputTokens: usage?.prompt_tokens ?? null,
    outputTokens: usage?.completion_tokens ?? null,
  }
}

export const openAiChat: Client = {
  name: 'openai 6 chat.completions',
  ask,
  async leave(place, model) {
    const stream = await open(place).chat.completions.create({ ...paramsOf({ model, stream: true }), stream: true })
    for await (const { choices } of stream) if ((choices[0]?.delta.content ?? '') !== '') break
  },
  async fail(place, model) {
    return facesOf(await rejection(open(place).chat.completions.create(paramsOf({ model, stream: false }))))
  },
}
