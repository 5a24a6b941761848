import OpenAI from 'openai'
import type { Response, ResponseCreateParamsNonStreaming } from 'openai/resources/responses/responses'
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

function paramsOf({ model, tools, schema, image }: Ask): ResponseCreateParamsNonStreaming {
  const text = { type: 'input_text' as const, text: QUESTION }
  const picture = {
    type: 'input_image' as const,
    image_url: `data:image/png;base64,${PIXEL}`,
    detail: 'auto' as const,
  }
  return {
    model,
    input: image === true ? [{ role: 'user', content: [text, picture] }] : QUESTION,
    ...(tools === true
      ? {
          tools: [{ type: 'function' as const, ...TOOL, strict: true }],
          tool_choice: 'required' as const,
          parallel_tool_calls: true,
        }
      : {}),
    ...(schema === true
      ? { text: { format: { type: 'json_schema' as const, name: 'weather', schema: { ...SCHEMA }, strict: true } } }
      : {}),
  }
}

async function ask(place: Place, asked: Ask): Promise<Got> {
  const client = open(place, asked.retry)
  const params = paramsOf(asked)
  if (!asked.stream) return gotOf(await client.responses.create(params))
  return gotOf(await client.responses.stream({ ...params, stream: true }).finalResponse())
}

function gotOf({ output, output_text: text, usage, status }: Response): Got {
  const calls = output.flatMap((item) =>
    item.type === 'function_call' ? [{ name: item.name, args: argumentsOf(item.arguments) }] : [],
  )
  return {
    text,
    thought: output
      .flatMap((item) => (item.type === 'reasoning' ? item.summary.map((part) => part.text) : []))
      .join(''),
    calls,
    finish: status !== 'completed' ? 'other' : calls.length > 0 ? 'tool_calls' : 'stop',
    inputTokens: usage?.input_tokens ?? null,
    outputTokens: usage?.output_tokens ?? null,
  }
}

export const openAiResponses: Client = {
  name: 'openai 6 responses',
  ask,
  async leave(place, model) {
    const stream = await open(place).responses.create({ ...paramsOf({ model, stream: true }), stream: true })
    for await (const event of stream) if (event.type === 'response.output_text.delta') break
  },
  async fail(place, model) {
    return facesOf(await rejection(open(place).responses.create(paramsOf({ model, stream: false }))))
  },
}
