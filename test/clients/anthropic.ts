import Anthropic from '@anthropic-ai/sdk'
import Anthropic0 from 'anthropic-sdk-0'
import {
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

type Params = Anthropic.MessageCreateParamsNonStreaming

function paramsOf({ model, tools, schema, image }: Ask): Params {
  const picture = {
    type: 'image' as const,
    source: { type: 'base64' as const, media_type: 'image/png' as const, data: PIXEL },
  }
  return {
    model,
    max_tokens: 256,
    messages: [{ role: 'user', content: image === true ? [{ type: 'text', text: QUESTION }, picture] : QUESTION }],
    ...(tools === true
      ? {
          tools: [
            {
              name: TOOL.name,
              description: TOOL.description,
              input_schema: { type: 'object', properties: TOOL.parameters.properties, required: ['city'] },
            },
          ],
          tool_choice: { type: 'any', disable_parallel_tool_use: false },
        }
      : {}),
    ...(schema === true ? { output_config: { format: { type: 'json_schema', schema: { ...SCHEMA } } } } : {}),
  }
}

function gotOf({ content, stop_reason: stop, usage }: Anthropic.Message): Got {
  const calls = content.flatMap((block) => (block.type === 'tool_use' ? [{ name: block.name, args: block.input }] : []))
  const finish = stop === 'tool_use' ? 'tool_calls' : stop === 'end_turn' ? 'stop' : 'other'
  return {
    text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    thought: content.map((block) => (block.type === 'thinking' ? block.thinking : '')).join(''),
    calls,
    finish,
    inputTokens: usage.input_tokens,
    outputTokens: usage.output_tokens,
  }
}

interface Stream {
  finalMessage(): Promise<Anthropic.Message>
  abort(): void
  [Symbol.asyncIterator](): AsyncIterator<{ readonly type: string }>
}

interface Messages {
  create(params: Params): PromiseLike<Anthropic.Message>
  stream(params: Params): Stream
}

/** Both lines of the client, which differ in the version that they name and in the header that carries the key. */
function clientOf(name: string, open: (place: Place, maxRetries?: number) => Messages): Client {
  return {
    name,
    async ask(place, asked) {
      const messages = open(place, asked.retry === true ? 1 : 0)
      const params = paramsOf(asked)
      return gotOf(asked.stream ? await messages.stream(params).finalMessage() : await messages.create(params))
    },
    async leave(place, model) {
      const stream = open(place).stream(paramsOf({ model, stream: true }))
      for await (const event of stream) if (event.type === 'content_block_delta') break
      stream.abort()
    },
    async fail(place, model) {
      const asked = (async () => open(place).create(paramsOf({ model, stream: false })))()
      return facesOf(await rejection(asked))
    },
  }
}

export const anthropic1: Client = clientOf('@anthropic-ai/sdk 1', ({ url, key }, maxRetries = 0) => {
  const client = new Anthropic({ baseURL: url, apiKey: key, maxRetries })
  return client.messages
})

export const anthropic0: Client = clientOf('@anthropic-ai/sdk 0.137', ({ url, key }, maxRetries = 0) => {
  const client = new Anthropic0({ baseURL: url, apiKey: key, maxRetries })
  return client.messages
})
