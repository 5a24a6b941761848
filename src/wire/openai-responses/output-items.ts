import type { JsonObject } from '../json.ts'

type Status = 'in_progress' | 'completed' | 'incomplete'

/** One item of the output while it grows. */
export type OutputItem = MessageItem | ReasoningItem | CallItem | ImageItem

/** One part of a message; its text in pieces. */
export interface MessagePart {
  readonly kind: 'text' | 'refusal'
  readonly pieces: string[]
  readonly annotations: JsonObject[]
  /** Characters of the answer before it. */
  readonly from: number
}

/** A picture, as the tool that draws one gives it. */
export interface ImageItem {
  readonly kind: 'image'
  readonly id: string
  readonly index: number
  readonly base64: string
  done: boolean
}

export interface MessageItem {
  readonly kind: 'message'
  readonly id: string
  readonly index: number
  readonly parts: MessagePart[]
  done: boolean
}

export interface ReasoningItem {
  readonly kind: 'reasoning'
  readonly id: string
  readonly index: number
  readonly pieces: string[]
  seal: string | null
  done: boolean
}

export interface CallItem {
  readonly kind: 'call'
  readonly id: string
  readonly index: number
  readonly callId: string
  readonly name: string
  /** The tool takes free text instead of JSON arguments. */
  readonly custom: boolean
  readonly pieces: string[]
  done: boolean
}

/** The item as clients see it. */
export function itemObject(item: OutputItem, status: Status): JsonObject {
  switch (item.kind) {
    case 'message':
      return { id: item.id, type: 'message', status, role: 'assistant', content: item.parts.map(partObject) }
    case 'reasoning':
      return reasoningObject(item)
    case 'image':
      return { id: item.id, type: 'image_generation_call', status, result: item.base64 }
    case 'call': {
      const { id, callId, name, custom, pieces } = item
      const said = pieces.join('')
      if (custom) return { id, type: 'custom_tool_call', status, call_id: callId, name, input: said }
      return { id, type: 'function_call', status, call_id: callId, name, arguments: said }
    }
  }
}

function reasoningObject({ id, pieces, seal }: ReasoningItem): JsonObject {
  const summary = pieces.length === 0 ? [] : [summaryPart(pieces.join(''))]
  return { id, type: 'reasoning', summary, ...(seal === null ? {} : { encrypted_content: seal }) }
}

export function summaryPart(text: string): JsonObject {
  return { type: 'summary_text', text }
}

export function partObject({ kind, pieces, annotations }: MessagePart): JsonObject {
  const text = pieces.join('')
  return kind === 'refusal'
    ? { type: 'refusal', refusal: text }
    : { type: 'output_text', text, annotations: [...annotations], logprobs: [] }
}

/** An item as it is announced, before it has any content. */
export function emptyItem(item: OutputItem): JsonObject {
  switch (item.kind) {
    case 'message':
      return itemObject({ ...item, parts: [] }, 'in_progress')
    case 'image':
      return { ...itemObject(item, 'in_progress'), result: null }
    case 'reasoning':
    case 'call':
      return itemObject({ ...item, pieces: [] }, 'in_progress')
  }
}
