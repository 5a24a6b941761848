import type { CanonicalRequest, ToolChoice, ToolDefinition } from '../canonical.ts'
import type { Dropped } from '../dropped.ts'
import { GatewayError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { ClaudeTraits } from './model-traits.ts'

/** `tools` and `tool_choice`. */
export function encodeTools(request: CanonicalRequest, traits: ClaudeTraits, dropped: Dropped): JsonObject {
  const { toolChoice } = request
  const offered = request.tools.length === 0 ? toolsOfHistory(request) : allowedTools(request.tools, toolChoice)
  const tools = offered.flatMap((tool) => encodeTool(tool, traits, dropped))
  if (tools.length === 0) return {}
  const choice = request.tools.length === 0 ? { type: 'none' } : encodeChoice(request)
  return { tools, ...(choice === null ? {} : { tool_choice: choice }) }
}

/** Calls in the talk need their tools declared, also when none is offered any more. */
function toolsOfHistory({ messages }: CanonicalRequest): ToolDefinition[] {
  const names = new Set<string>()
  for (const { blocks } of messages) for (const block of blocks) if (block.kind === 'tool_use') names.add(block.name)
  return [...names].map((name) => ({ name }))
}

/** Anthropic has no list of allowed tools: the others are not offered. */
function allowedTools(tools: readonly ToolDefinition[], choice: ToolChoice | undefined): readonly ToolDefinition[] {
  return choice?.kind === 'allowed' ? tools.filter(({ name }) => choice.names.includes(name)) : tools
}

function encodeTool(tool: ToolDefinition, traits: ClaudeTraits, dropped: Dropped): JsonObject[] {
  const { name, description, parameters, strict, custom, hosted, cacheControl, extra } = tool
  if (hosted !== undefined) {
    if (hosted.format === 'anthropic') return [hosted.definition]
    dropped.add('hostedTools')
    return []
  }
  if (custom !== undefined) {
    throw new GatewayError('invalid_request_error', 'the provider has no custom tools, only functions', {
      param: 'tools',
    })
  }
  const keepsStrict = strict !== undefined && traits.structured
  if (strict === true && !keepsStrict) dropped.add('strict')
  return [
    {
      ...(dropped.format === 'anthropic' ? extra : {}),
      name,
      ...(description === undefined ? {} : { description }),
      input_schema: { ...parameters, type: 'object' },
      ...(keepsStrict ? { strict } : {}),
      ...(cacheControl === undefined ? {} : { cache_control: cacheControl }),
    },
  ]
}

/** Null when the default of the provider says the same. */
function encodeChoice({ toolChoice, parallelToolCalls }: CanonicalRequest): JsonObject | null {
  const parallel = parallelToolCalls === undefined ? {} : { disable_parallel_tool_use: !parallelToolCalls }
  switch (toolChoice?.kind) {
    case undefined:
      return parallelToolCalls === false ? { type: 'auto', ...parallel } : null
    case 'none':
      return { type: 'none' }
    case 'auto':
      return { type: 'auto', ...parallel }
    case 'required':
      return { type: 'any', ...parallel }
    case 'named':
      return { type: 'tool', name: toolChoice.name, ...parallel }
    case 'allowed':
      return { type: toolChoice.required ? 'any' : 'auto', ...parallel }
  }
}
