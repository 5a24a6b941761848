import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts'

/**
 * The body with what Mistral's clients write in their own way put as OpenAI has it: the address of a picture as a bare
 * text, and `any` for "some tool". The same object when there is nothing to change, as almost always.
 */
export function standardChatBody(body: JsonObject): JsonObject {
  const { messages, tool_choice: choice } = body
  const bare = Array.isArray(messages) && messages.some(hasBareImage)
  if (!bare && choice !== 'any') return body
  return {
    ...body,
    ...(bare ? { messages: messages.map(withImageObjects) } : {}),
    ...(choice === 'any' ? { tool_choice: 'required' } : {}),
  }
}

function hasBareImage(message: JsonValue): boolean {
  return isJsonObject(message) && Array.isArray(message['content']) && message['content'].some(isBareImage)
}

function isBareImage(part: JsonValue): part is JsonObject {
  return isJsonObject(part) && part['type'] === 'image_url' && typeof part['image_url'] === 'string'
}

function withImageObjects(message: JsonValue): JsonValue {
  if (!isJsonObject(message) || !Array.isArray(message['content'])) return message
  const content = message['content'].map((part: JsonValue) =>
    isBareImage(part) ? { ...part, image_url: { url: part['image_url'] ?? '' } } : part,
  )
  return { ...message, content }
}
