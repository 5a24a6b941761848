import type { WireFormat } from './canonical.ts'

/** A canonical parameter that a provider may have no place for. */
export type ParameterKey =
  | 'temperature'
  | 'topP'
  | 'topK'
  | 'seed'
  | 'stop'
  | 'presencePenalty'
  | 'frequencyPenalty'
  | 'reasoningEffort'
  | 'choices'
  | 'metadata'
  | 'endUser'
  | 'promptCacheKey'
  | 'parallelToolCalls'
  | 'responseFormat'
  | 'toolChoice'
  | 'strict'
  | 'hostedTools'
  | 'thinking'
  | 'cacheControl'

const OPENAI: Readonly<Record<ParameterKey, string>> = {
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  seed: 'seed',
  stop: 'stop',
  presencePenalty: 'presence_penalty',
  frequencyPenalty: 'frequency_penalty',
  reasoningEffort: 'reasoning_effort',
  choices: 'n',
  metadata: 'metadata',
  endUser: 'user',
  promptCacheKey: 'prompt_cache_key',
  parallelToolCalls: 'parallel_tool_calls',
  responseFormat: 'response_format',
  toolChoice: 'tool_choice',
  strict: 'tools.function.strict',
  hostedTools: 'tools',
  thinking: 'messages.reasoning_content',
  cacheControl: 'cache_control',
}

const NAMES: Readonly<Record<WireFormat, Readonly<Record<ParameterKey, string>>>> = {
  'openai-chat': OPENAI,
  'openai-responses': {
    ...OPENAI,
    reasoningEffort: 'reasoning.effort',
    responseFormat: 'text.format',
    strict: 'tools.strict',
    thinking: 'input.reasoning',
  },
  anthropic: {
    ...OPENAI,
    stop: 'stop_sequences',
    reasoningEffort: 'output_config.effort',
    endUser: 'metadata.user_id',
    parallelToolCalls: 'tool_choice.disable_parallel_tool_use',
    responseFormat: 'output_config.format',
    strict: 'tools.strict',
    thinking: 'messages.thinking',
  },
  gemini: {
    ...OPENAI,
    temperature: 'generationConfig.temperature',
    topP: 'generationConfig.topP',
    topK: 'generationConfig.topK',
    seed: 'generationConfig.seed',
    stop: 'generationConfig.stopSequences',
    presencePenalty: 'generationConfig.presencePenalty',
    frequencyPenalty: 'generationConfig.frequencyPenalty',
    reasoningEffort: 'generationConfig.thinkingConfig',
    choices: 'generationConfig.candidateCount',
    responseFormat: 'generationConfig.responseJsonSchema',
    toolChoice: 'toolConfig',
    thinking: 'contents.thought',
  },
}

/** The parameter under the name that a client of the format knows. */
export function parameterName(format: WireFormat, key: ParameterKey): string {
  return NAMES[format][key]
}
