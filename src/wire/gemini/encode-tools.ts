import type { CanonicalRequest, ToolChoice, ToolDefinition } from '../canonical.ts'
import type { Dropped } from '../dropped.ts'
import { GatewayError } from '../errors.ts'
import { isJsonObject, type JsonObject } from '../json.ts'
import { schemaSubset } from '../schema-subset.ts'

/** Keywords that Google's JSON schemas know. */
const KEYWORDS: ReadonlySet<string> = new Set([
  '$id',
  '$defs',
  '$ref',
  '$anchor',
  'type',
  'format',
  'title',
  'description',
  'enum',
  'items',
  'prefixItems',
  'minItems',
  'maxItems',
  'minimum',
  'maximum',
  'anyOf',
  'oneOf',
  'properties',
  'additionalProperties',
  'required',
  'propertyOrdering',
])

/** A schema in the words that Google knows; each keyword left out is named under `where`. */
export function geminiSchema(schema: JsonObject, where: string, dropped: Dropped): JsonObject {
  return schemaSubset(schema, { keywords: KEYWORDS, onDropped: (keyword) => dropped.addName(`${where}.${keyword}`) })
}

/** `tools` and `toolConfig`. */
export function encodeTools(request: CanonicalRequest, dropped: Dropped): JsonObject {
  const { tools, toolChoice, parallelToolCalls } = request
  if (parallelToolCalls === false && tools.length > 0) dropped.add('parallelToolCalls')
  const offered = offeredTools(tools, toolChoice)
  const declared = offered.flatMap((tool) => declaration(tool, dropped))
  const hosted = offered.flatMap((tool) => hostedTool(tool, dropped))
  const lists = [...(declared.length > 0 ? [{ functionDeclarations: declared }] : []), ...hosted]
  const config = toolConfig(request, declared.length > 0)
  return {
    ...(lists.length === 0 ? {} : { tools: lists }),
    ...(Object.keys(config).length === 0 ? {} : { toolConfig: config }),
  }
}

/** Names may be listed only where some tool has to be called; else the other tools are not offered. */
function offeredTools(tools: readonly ToolDefinition[], choice: ToolChoice | undefined): readonly ToolDefinition[] {
  if (choice?.kind !== 'allowed' || choice.required) return tools
  return tools.filter(({ name }) => choice.names.includes(name))
}

function hostedTool({ hosted }: ToolDefinition, dropped: Dropped): JsonObject[] {
  if (hosted === undefined) return []
  if (hosted.format === 'gemini') return [hosted.definition]
  dropped.add('hostedTools')
  return []
}

function declaration(tool: ToolDefinition, dropped: Dropped): JsonObject[] {
  const { name, description, parameters, strict, custom, hosted, cacheControl, extra } = tool
  if (hosted !== undefined) return []
  if (custom !== undefined) {
    throw new GatewayError('invalid_request_error', 'the provider has no custom tools, only functions', {
      param: 'tools',
    })
  }
  if (strict === true) dropped.add('strict')
  if (cacheControl !== undefined) dropped.add('cacheControl')
  const own = dropped.format === 'gemini'
  const schema = parameters === undefined || own ? parameters : geminiSchema(parameters, 'tools.parameters', dropped)
  return [
    {
      ...(own ? extra : {}),
      name,
      ...(description === undefined ? {} : { description }),
      ...(schema === undefined ? {} : { parametersJsonSchema: schema }),
    },
  ]
}

function toolConfig({ format, extra, toolChoice }: CanonicalRequest, hasFunctions: boolean): JsonObject {
  const own = format === 'gemini' && isJsonObject(extra['toolConfig']) ? extra['toolConfig'] : {}
  if (toolChoice === undefined || !hasFunctions || own['functionCallingConfig'] !== undefined) return own
  return { ...own, functionCallingConfig: callingConfig(toolChoice) }
}

function callingConfig(choice: ToolChoice): JsonObject {
  switch (choice.kind) {
    case 'auto':
      return { mode: 'AUTO' }
    case 'none':
      return { mode: 'NONE' }
    case 'required':
      return { mode: 'ANY' }
    case 'named':
      return { mode: 'ANY', allowedFunctionNames: [choice.name] }
    case 'allowed':
      return choice.required ? { mode: 'ANY', allowedFunctionNames: choice.names } : { mode: 'AUTO' }
  }
}
