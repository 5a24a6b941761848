import type { CanonicalRequest, ResponseFormat, Sampling, ToolChoice, ToolDefinition } from '../canonical.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts'
import { encodeMessages } from './encode-messages.ts'

export interface EncodeChatRequest {
  /** Name of the model at the provider. */
  readonly model: string
  /** Ask for the usage chunk of a stream. */
  readonly includeUsage: boolean
  /** OpenAI-compatible hosts mostly know the older name alone. */
  readonly outputLimitName?: 'max_completion_tokens' | 'max_tokens'
}

/** The body of `POST /v1/chat/completions` for a provider. `parseChatRequest` of the result gives the request again. */
export function encodeChatRequest(request: CanonicalRequest, options: EncodeChatRequest): JsonObject {
  // Members of another format mean nothing here.
  const { stream_options: streamOptions, ...extra } = request.format === 'openai-chat' ? request.extra : {}
  const body: Record<string, JsonValue> = {
    ...extra,
    model: options.model,
    messages: encodeMessages(request.messages),
    ...encodeTools(
      request.tools.filter(({ hosted }) => hosted === undefined),
      request.toolChoice,
    ),
    ...encodeFormat(request.responseFormat),
    ...encodeSampling(request.sampling),
  }
  if (request.parallelToolCalls !== undefined) body['parallel_tool_calls'] = request.parallelToolCalls
  if (request.maxOutputTokens !== undefined) {
    body[options.outputLimitName ?? 'max_completion_tokens'] = request.maxOutputTokens
  }
  if (request.choices !== 1) body['n'] = request.choices
  // The newer name of the same thing is in `extra` already.
  if (request.endUser !== undefined && extra['safety_identifier'] !== request.endUser) body['user'] = request.endUser
  if (request.promptCacheKey !== undefined) body['prompt_cache_key'] = request.promptCacheKey
  if (Object.keys(request.metadata).length > 0) body['metadata'] = request.metadata
  if (!request.stream) return body
  const others = isJsonObject(streamOptions) ? streamOptions : {}
  return { ...body, stream: true, stream_options: { ...others, include_usage: options.includeUsage } }
}

function encodeTools(tools: readonly ToolDefinition[], choice: ToolChoice | undefined): JsonObject {
  return {
    ...(tools.length > 0 ? { tools: tools.map(encodeTool) } : {}),
    ...(choice === undefined ? {} : { tool_choice: encodeChoice(choice, tools) }),
  }
}

function encodeTool({ name, description, parameters, strict, custom }: ToolDefinition): JsonObject {
  const head = { name, ...(description === undefined ? {} : { description }) }
  if (custom !== undefined) return { type: 'custom', custom: { ...head, ...custom } }
  return {
    type: 'function',
    function: {
      ...head,
      ...(parameters === undefined ? {} : { parameters }),
      ...(strict === undefined ? {} : { strict }),
    },
  }
}

function encodeChoice(choice: ToolChoice, tools: readonly ToolDefinition[]): JsonValue {
  const named = (name: string): JsonObject => {
    const type = tools.find((tool) => tool.name === name)?.custom === undefined ? 'function' : 'custom'
    return { type, [type]: { name } }
  }
  switch (choice.kind) {
    case 'auto':
    case 'none':
    case 'required':
      return choice.kind
    case 'named':
      return named(choice.name)
    case 'allowed': {
      const mode = choice.required ? 'required' : 'auto'
      return { type: 'allowed_tools', allowed_tools: { mode, tools: choice.names.map(named) } }
    }
  }
}

function encodeFormat(format: ResponseFormat): JsonObject {
  switch (format.kind) {
    case 'text':
      return {}
    case 'json_object':
      return { response_format: { type: 'json_object' } }
    case 'json_schema': {
      const { kind, ...definition } = format
      return { response_format: { type: kind, json_schema: definition } }
    }
  }
}

function encodeSampling(sampling: Sampling): JsonObject {
  const members: Record<string, JsonValue> = {}
  const put = (name: string, value: JsonValue | undefined): void => {
    if (value !== undefined) members[name] = value
  }
  put('temperature', sampling.temperature)
  put('top_p', sampling.topP)
  put('seed', sampling.seed)
  put('stop', sampling.stop)
  put('presence_penalty', sampling.presencePenalty)
  put('frequency_penalty', sampling.frequencyPenalty)
  put('reasoning_effort', sampling.reasoningEffort)
  return members
}
