import type { JsonObject } from '../json.ts'
import { sseEvent } from '../sse.ts'

/** The events of blocks, which are numbered from 0; one is open at a time. */
export class BlockEvents {
  #next = 0

  /** Opens the next block. */
  open(block: JsonObject): string {
    this.#next += 1
    return named('content_block_start', { index: this.#next - 1, content_block: block })
  }

  delta(delta: JsonObject): string {
    return named('content_block_delta', { index: this.#next - 1, delta })
  }

  close(): string {
    return named('content_block_stop', { index: this.#next - 1 })
  }

  /** A block that is complete at once; its seal comes as a fragment, as clients want it. */
  whole(block: JsonObject): string[] {
    const { signature, ...rest } = block
    if (signature === undefined) return [this.open(block), this.close()]
    const start = this.open({ ...rest, signature: '' })
    return [start, this.delta({ type: 'signature_delta', signature }), this.close()]
  }

  /** Counts a block that the provider itself has opened. */
  skip(): void {
    this.#next += 1
  }
}

/** One named event; the type stands in its payload as well. */
export function named(type: string, members: JsonObject): string {
  return sseEvent(type, JSON.stringify({ type, ...members }))
}
