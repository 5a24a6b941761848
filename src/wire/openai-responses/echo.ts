import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts'

/** What an answer repeats of its request, with the defaults that the format states. */
export function echoOf(body: JsonObject): JsonObject {
  const { tools, reasoning, text } = body
  return {
    background: false,
    instructions: body['instructions'] ?? null,
    max_output_tokens: body['max_output_tokens'] ?? null,
    max_tool_calls: body['max_tool_calls'] ?? null,
    metadata: body['metadata'] ?? {},
    parallel_tool_calls: body['parallel_tool_calls'] ?? true,
    previous_response_id: null,
    reasoning: isJsonObject(reasoning) ? reasoning : null,
    // Nothing is kept, whatever was asked.
    store: false,
    temperature: body['temperature'] ?? null,
    text: isJsonObject(text) ? { format: { type: 'text' }, ...text } : { format: { type: 'text' } },
    tool_choice: body['tool_choice'] ?? 'auto',
    tools: Array.isArray(tools) ? tools.map(completeTool) : [],
    top_p: body['top_p'] ?? null,
    truncation: body['truncation'] ?? 'disabled',
  }
}

/** The published schema wants members of a function that requests may leave out. */
function completeTool(tool: JsonValue): JsonValue {
  return isJsonObject(tool) && tool['type'] === 'function' ? { parameters: null, strict: null, ...tool } : tool
}
