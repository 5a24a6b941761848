import {
  FunctionCallingConfigMode,
  GoogleGenAI,
  type GenerateContentParameters,
  type GenerateContentResponse,
} from '@google/genai'
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

function open({ url, key }: Place, retry = false): GoogleGenAI {
  const retryOptions = retry ? { retryOptions: { attempts: 2 } } : {}
  return new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url, ...retryOptions } })
}

function paramsOf({ model, tools, schema, image }: Ask): GenerateContentParameters {
  const picture = { inlineData: { mimeType: 'image/png', data: PIXEL } }
  const declaration = { name: TOOL.name, description: TOOL.description, parametersJsonSchema: TOOL.parameters }
  return {
    model,
    contents: [{ role: 'user', parts: [{ text: QUESTION }, ...(image === true ? [picture] : [])] }],
    config: {
      ...(tools === true
        ? {
            tools: [{ functionDeclarations: [declaration] }],
            toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.ANY } },
          }
        : {}),
      ...(schema === true ? { responseMimeType: 'application/json', responseJsonSchema: SCHEMA } : {}),
    },
  }
}

async function ask(place: Place, asked: Ask): Promise<Got> {
  const { models } = open(place, asked.retry)
  const params = paramsOf(asked)
  if (!asked.stream) return gotOf([await models.generateContent(params)])
  const answers: GenerateContentResponse[] = []
  for await (const answer of await models.generateContentStream(params)) answers.push(answer)
  return gotOf(answers)
}

function gotOf(answers: readonly GenerateContentResponse[]): Got {
  const calls = answers.flatMap(({ functionCalls }) => functionCalls ?? [])
  const finish = answers.at(-1)?.candidates?.[0]?.finishReason
  const usage = answers.at(-1)?.usageMetadata
  const parts = answers.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? [])
  const said = (thought: boolean): string =>
    parts.map(({ text, thought: isThought }) => ((isThought ?? false) === thought ? (text ?? '') : '')).join('')
  return {
    text: said(false),
    thought: said(true),
    calls: calls.map(({ name, args }) => ({ name: name ?? '', args })),
    finish: String(finish) !== 'STOP' ? 'other' : calls.length > 0 ? 'tool_calls' : 'stop',
    inputTokens: usage?.promptTokenCount ?? null,
    outputTokens: usage?.candidatesTokenCount ?? null,
  }
}

export const google: Client = {
  name: '@google/genai 2',
  ask,
  async leave(place, model) {
    const stop = new AbortController()
    const params = paramsOf({ model, stream: true })
    const config = { ...params.config, abortSignal: stop.signal }
    const stream = await open(place).models.generateContentStream({ ...params, config })
    for await (const { text } of stream) if (text !== undefined && text !== '') break
    stop.abort()
  },
  async fail(place, model) {
    return facesOf(await rejection(open(place).models.generateContent(paramsOf({ model, stream: false }))))
  },
}
