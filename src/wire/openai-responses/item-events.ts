import type { JsonObject } from '../json.ts'
import {
  emptyItem,
  itemObject,
  partObject,
  summaryPart,
  type CallItem,
  type MessageItem,
  type MessagePart,
  type OutputItem,
  type ReasoningItem,
} from './output-items.ts'

/** An event without its number, which is given when it is written. */
export interface ItemEvent {
  readonly type: string
  readonly members: JsonObject
}

function of(item: OutputItem): JsonObject {
  return { item_id: item.id, output_index: item.index }
}

export function itemAdded(item: OutputItem): ItemEvent {
  return { type: 'response.output_item.added', members: { output_index: item.index, item: emptyItem(item) } }
}

/** `whole` is false for an item that an output limit or a filter cut off. */
export function itemDone(item: OutputItem, whole: boolean): ItemEvent {
  const status = whole ? 'completed' : 'incomplete'
  return { type: 'response.output_item.done', members: { output_index: item.index, item: itemObject(item, status) } }
}

export function partAdded(item: MessageItem, part: MessagePart): ItemEvent {
  const empty = partObject({ ...part, pieces: [], annotations: [] })
  return { type: 'response.content_part.added', members: { ...of(item), content_index: lastIndex(item), part: empty } }
}

export function partDelta(item: MessageItem, { kind }: MessagePart, delta: string): ItemEvent {
  const place = { ...of(item), content_index: lastIndex(item) }
  if (kind === 'refusal') return { type: 'response.refusal.delta', members: { ...place, delta } }
  return { type: 'response.output_text.delta', members: { ...place, delta, logprobs: [] } }
}

export function partAnnotated(item: MessageItem, { annotations }: MessagePart): ItemEvent {
  const place = { ...of(item), content_index: lastIndex(item), annotation_index: annotations.length - 1 }
  const annotation = annotations.at(-1) ?? null
  return { type: 'response.output_text.annotation.added', members: { ...place, annotation } }
}

export function partDone(item: MessageItem, part: MessagePart): ItemEvent[] {
  const place = { ...of(item), content_index: lastIndex(item) }
  const text = part.pieces.join('')
  const said: ItemEvent =
    part.kind === 'refusal'
      ? { type: 'response.refusal.done', members: { ...place, refusal: text } }
      : { type: 'response.output_text.done', members: { ...place, text, logprobs: [] } }
  return [said, { type: 'response.content_part.done', members: { ...place, part: partObject(part) } }]
}

/** Parts are written one after the other, so the open one is the last. */
function lastIndex({ parts }: MessageItem): number {
  return parts.length - 1
}

export function summaryAdded(item: ReasoningItem): ItemEvent {
  return {
    type: 'response.reasoning_summary_part.added',
    members: { ...of(item), summary_index: 0, part: summaryPart('') },
  }
}

export function summaryDelta(item: ReasoningItem, delta: string): ItemEvent {
  return { type: 'response.reasoning_summary_text.delta', members: { ...of(item), summary_index: 0, delta } }
}

export function summaryDone(item: ReasoningItem): ItemEvent[] {
  if (item.pieces.length === 0) return []
  const text = item.pieces.join('')
  const place = { ...of(item), summary_index: 0 }
  return [
    { type: 'response.reasoning_summary_text.done', members: { ...place, text } },
    { type: 'response.reasoning_summary_part.done', members: { ...place, part: summaryPart(text) } },
  ]
}

export function callDelta(item: CallItem, delta: string): ItemEvent {
  const type = item.custom ? 'response.custom_tool_call_input.delta' : 'response.function_call_arguments.delta'
  return { type, members: { ...of(item), delta } }
}

export function callDone(item: CallItem): ItemEvent {
  const said = item.pieces.join('')
  if (item.custom) return { type: 'response.custom_tool_call_input.done', members: { ...of(item), input: said } }
  return { type: 'response.function_call_arguments.done', members: { ...of(item), name: item.name, arguments: said } }
}
