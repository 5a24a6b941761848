import { isJsonObject, type JsonObject } from './json.ts'

/** Member that holds arguments which are no JSON object, for formats that take objects alone. */
const WRAPPED = '_arguments'

/** Arguments of a call as an object; empty ones are an empty object, anything that is no object is wrapped, not lost. */
export function argumentsObject(argumentsJson: string): JsonObject {
  if (argumentsJson.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(argumentsJson)
    if (isJsonObject(value)) return value
  } catch {
    // Cut off by an output limit, or free text of a custom tool.
  }
  return { [WRAPPED]: argumentsJson }
}
