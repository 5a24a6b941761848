import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import {
  generateObject,
  generateText,
  jsonSchema,
  streamObject,
  streamText,
  type LanguageModel,
  type ModelMessage,
  type ToolSet,
} from 'ai'
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

type Models = (place: Place) => (model: string) => LanguageModel

const TOOLS: ToolSet = {
  [TOOL.name]: { description: TOOL.description, inputSchema: jsonSchema({ ...TOOL.parameters, required: ['city'] }) },
}

function messagesOf({ image }: Ask): ModelMessage[] {
  const picture = { type: 'image' as const, image: PIXEL, mediaType: 'image/png' }
  return [{ role: 'user', content: [{ type: 'text', text: QUESTION }, ...(image === true ? [picture] : [])] }]
}

interface Result {
  readonly text: string
  readonly reasoningText?: string | undefined
  readonly toolCalls: readonly { readonly toolName: string; readonly input: unknown }[]
  readonly finishReason: string
  readonly usage: { readonly inputTokens: number | undefined; readonly outputTokens: number | undefined }
}

function gotOf({ text, reasoningText = '', toolCalls, finishReason, usage }: Result): Got {
  return {
    text,
    thought: reasoningText,
    calls: toolCalls.map(({ toolName, input }) => ({ name: toolName, args: input })),
    finish: finishReason === 'tool-calls' ? 'tool_calls' : finishReason === 'stop' ? 'stop' : 'other',
    inputTokens: usage.inputTokens ?? null,
    outputTokens: usage.outputTokens ?? null,
  }
}

async function askText(model: LanguageModel, asked: Ask): Promise<Got> {
  const forced = asked.tools === true ? { tools: TOOLS, toolChoice: 'required' as const } : {}
  const options = { model, maxRetries: asked.retry === true ? 1 : 0, messages: messagesOf(asked), ...forced }
  if (!asked.stream) return gotOf(await generateText(options))
  const result = streamText({
    ...options,
    onError: ({ error }) => {
      throw error
    },
  })
  const [text, reasoningText, toolCalls, finishReason, usage] = await Promise.all([
    result.text,
    result.reasoningText,
    result.toolCalls,
    result.finishReason,
    result.usage,
  ])
  return gotOf({ text, reasoningText, toolCalls, finishReason, usage })
}

async function askObject(model: LanguageModel, asked: Ask): Promise<Got> {
  const schema = jsonSchema<{ city: string; degrees: number }>({ ...SCHEMA, required: [...SCHEMA.required] })
  const options = { model, maxRetries: 0, messages: messagesOf(asked), schema }
  if (!asked.stream) {
    const { object, finishReason, usage } = await generateObject(options)
    return gotOf({ text: JSON.stringify(object), toolCalls: [], finishReason, usage })
  }
  const result = streamObject({
    ...options,
    onError: ({ error }) => {
      throw error
    },
  })
  // Nothing moves before somebody reads.
  for await (const partial of result.partialObjectStream) void partial
  const [object, usage, finishReason] = await Promise.all([result.object, result.usage, result.finishReason])
  return gotOf({ text: JSON.stringify(object), toolCalls: [], finishReason, usage })
}

function clientOf(name: string, models: Models): Client {
  return {
    name,
    ask: (place, asked) => {
      const model = models(place)(asked.model)
      return asked.schema === true ? askObject(model, asked) : askText(model, asked)
    },
    async leave(place, model) {
      const stop = new AbortController()
      const options = { model: models(place)(model), prompt: QUESTION, maxRetries: 0, abortSignal: stop.signal }
      for await (const text of streamText(options).textStream) if (text !== '') break
      stop.abort()
    },
    async fail(place, model) {
      return facesOf(await rejection(generateText({ model: models(place)(model), prompt: QUESTION, maxRetries: 0 })))
    },
  }
}

export const aiCompatible: Client = clientOf('ai 6 openai-compatible', ({ url, key }) =>
  createOpenAICompatible({
    name: 'gateway',
    baseURL: `${url}/v1`,
    apiKey: key,
    includeUsage: true,
    supportsStructuredOutputs: true,
  }),
)

/** Calls `/responses`. */
export const aiOpenAi: Client = clientOf('ai 6 openai', ({ url, key }) =>
  createOpenAI({ baseURL: `${url}/v1`, apiKey: key }),
)
