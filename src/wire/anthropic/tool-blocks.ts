import type { StreamPart } from '../canonical.ts'
import { JsonExtent } from '../json-extent.ts'
import type { BlockEvents } from './block-events.ts'
import { toolId } from './encode-blocks.ts'

type ToolDelta = Extract<StreamPart, { kind: 'tool_delta' }>

interface Call {
  readonly id: string
  readonly name: string
  readonly pieces: string[]
}

/**
 * Calls as blocks, one open at a time. A call that starts while the open one has incomplete arguments waits, because
 * fragments of parallel calls may come mixed and a block that has been closed can not be continued.
 */
export class ToolBlocks {
  #open: { readonly index: number; readonly extent: JsonExtent } | null = null
  readonly #waiting = new Map<number, Call>()

  add(part: ToolDelta, writer: BlockEvents): string[] {
    const { index, argumentsDelta } = part
    if (this.#open?.index === index) {
      this.#open.extent.add(argumentsDelta)
      return fragment(argumentsDelta, writer)
    }
    const waiting = this.#waiting.get(index)
    if (waiting !== undefined) {
      waiting.pieces.push(argumentsDelta)
      return []
    }
    // A fragment that belongs to no call has nowhere to go.
    if (part.id === undefined && part.name === undefined) return []
    const call = { id: part.id ?? `call_${index}`, name: part.name ?? '', pieces: [argumentsDelta] }
    if (this.#open === null) return this.#start(index, call, writer)
    if (!this.#open.extent.complete) {
      this.#waiting.set(index, call)
      return []
    }
    return [...this.closeAll(writer), ...this.#start(index, call, writer)]
  }

  /** Closes the open call and writes those that waited. */
  closeAll(writer: BlockEvents): string[] {
    const events: string[] = []
    if (this.#open !== null) events.push(writer.close())
    this.#open = null
    for (const [index, call] of this.#waiting) {
      events.push(...this.#start(index, call, writer), writer.close())
      this.#open = null
    }
    this.#waiting.clear()
    return events
  }

  #start(index: number, call: Call, writer: BlockEvents): string[] {
    const said = call.pieces.join('')
    const extent = new JsonExtent()
    extent.add(said)
    this.#open = { index, extent }
    const opened = writer.open({ type: 'tool_use', id: toolId(call.id), name: call.name, input: {} })
    return [opened, ...fragment(said, writer)]
  }
}

function fragment(text: string, writer: BlockEvents): string[] {
  return text === '' ? [] : [writer.delta({ type: 'input_json_delta', partial_json: text })]
}
