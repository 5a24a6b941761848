import Anthropic from '@anthropic-ai/sdk'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { GoogleGenAI } from '@google/genai'
import { generateText, jsonSchema, stepCountIs, type LanguageModel, type ToolSet } from 'ai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { devProject, startDev, type DevProject, type RunningDev } from '../e2e/dev-process.ts'
import type { ScriptedUpstream } from '../e2e/scripted-upstream.ts'
import { QUESTION, TOOL } from './client.ts'
import { ANTHROPIC } from './providers/anthropic.ts'
import { GEMINI } from './providers/gemini.ts'
import { OPENAI } from './providers/openai.ts'
import { scenesConfig, serveScenes } from './providers/serve.ts'

const TOOLS: ToolSet = {
  [TOOL.name]: {
    description: TOOL.description,
    inputSchema: jsonSchema({ ...TOOL.parameters, required: ['city'] }),
    execute: () => Promise.resolve('sunny'),
  },
}

/** How the result of a call stands in a request of each format; the call before it has the same id or name. */
const RESULTS: Readonly<Record<string, readonly unknown[]>> = {
  openai: [
    expect.objectContaining({ tool_calls: [expect.objectContaining({ id: 'call_a' })] }),
    { role: 'tool', tool_call_id: 'call_a', content: 'sunny' },
  ],
  anthropic: [
    { role: 'assistant', content: [{ type: 'tool_use', id: 'call_a', name: 'weather', input: { city: 'Rome' } }] },
    { role: 'user', content: [expect.objectContaining({ type: 'tool_result', tool_use_id: 'call_a' })] },
  ],
  gemini: [
    { role: 'model', parts: [{ functionCall: expect.objectContaining({ name: 'weather', args: { city: 'Rome' } }) }] },
    { role: 'user', parts: [{ functionResponse: expect.objectContaining({ name: 'weather' }) }] },
  ],
}

/** The same in the provider's other format, which clients of it reach untranslated. */
const RESPONSES_RESULT = [
  expect.objectContaining({ type: 'function_call', call_id: 'call_a', name: 'weather', arguments: '{"city":"Rome"}' }),
  { type: 'function_call_output', call_id: 'call_a', output: 'sunny' },
]

describe.each([OPENAI, ANTHROPIC, GEMINI])('the result of a tool reaches a provider that speaks $kind', (dialect) => {
  let upstream: ScriptedUpstream
  let project: DevProject
  let dev: RunningDev
  beforeAll(async () => {
    upstream = await serveScenes(dialect)
    project = await devProject(scenesConfig(dialect, upstream.url))
    dev = await startDev(project, ['--trust-config'], { env: { LOCAL_KEY: 'local-key' } })
  })
  afterAll(async () => {
    await dev.stop()
    await upstream.close()
    await project.remove()
  })

  function lastTurns(): unknown {
    const body = upstream.seen.at(-1)?.body
    const turns = body?.['messages'] ?? body?.['contents'] ?? body?.['input']
    return Array.isArray(turns) ? turns.slice(-2) : turns
  }

  it.each(['chat', 'responses'])('from the AI SDK over %s', async (api) => {
    const settings = { baseURL: `${dev.url}/v1`, apiKey: dev.key }
    const model: LanguageModel =
      api === 'chat' ? createOpenAICompatible({ name: 'gateway', ...settings })('call') : createOpenAI(settings)('call')
    await generateText({ model, prompt: QUESTION, tools: TOOLS, maxRetries: 0, stopWhen: stepCountIs(2) })
    const same = api === 'responses' && dialect.kind === 'openai'
    expect(lastTurns()).toEqual(same ? RESPONSES_RESULT : RESULTS[dialect.kind])
    expect(JSON.stringify(lastTurns())).toContain('sunny')
  })

  it('from the Anthropic client', async () => {
    const client = new Anthropic({ baseURL: dev.url, apiKey: dev.key, maxRetries: 0 })
    const input_schema = { type: 'object' as const, properties: TOOL.parameters.properties }
    const ask = { model: 'call', max_tokens: 99, tools: [{ name: TOOL.name, input_schema }] }
    const question = { role: 'user' as const, content: QUESTION }
    const { content } = await client.messages.create({ ...ask, messages: [question] })
    const call = content.find((block) => block.type === 'tool_use')
    const result = { type: 'tool_result' as const, tool_use_id: call?.id ?? '', content: 'sunny' }
    const messages = [question, { role: 'assistant' as const, content }, { role: 'user' as const, content: [result] }]
    await client.messages.create({ ...ask, messages })
    expect(lastTurns()).toEqual(RESULTS[dialect.kind])
    expect(JSON.stringify(lastTurns())).toContain('sunny')
  })

  it('from the Gemini client', async () => {
    const { models } = new GoogleGenAI({ apiKey: dev.key, httpOptions: { baseUrl: dev.url } })
    const config = { tools: [{ functionDeclarations: [{ name: TOOL.name, parametersJsonSchema: TOOL.parameters }] }] }
    const question = { role: 'user', parts: [{ text: QUESTION }] }
    const { candidates, functionCalls } = await models.generateContent({ model: 'call', contents: [question], config })
    const id = functionCalls?.[0]?.id
    const functionResponse = { name: TOOL.name, response: { result: 'sunny' }, ...(id === undefined ? {} : { id }) }
    const answer = { role: 'user', parts: [{ functionResponse }] }
    const contents = [question, candidates?.[0]?.content ?? {}, answer]
    await models.generateContent({ model: 'call', contents, config })
    expect(lastTurns()).toEqual(RESULTS[dialect.kind])
    expect(JSON.stringify(lastTurns())).toContain('sunny')
  })
})
