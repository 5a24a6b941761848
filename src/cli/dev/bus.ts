import type { ExchangeRecord } from '../../engine/record.ts'
import type { ExchangeContent, Incoming, Pipeline, RecordSink } from '../../pipeline/ports.ts'
import type { Refusal } from '../../proxy/ports.ts'
import { bugText } from '../bug-text.ts'

/** Everything that happens while `dev` runs, for whoever shows it: the plain log or the live view. */
export type DevEvent =
  | { readonly kind: 'started'; readonly incoming: Incoming; readonly at: number }
  /** The first part of a stream has arrived; cost is still pending. */
  | { readonly kind: 'streaming'; readonly draft: ExchangeRecord }
  | { readonly kind: 'finished'; readonly record: ExchangeRecord; readonly content: ExchangeContent }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'config'; readonly accepted: boolean; readonly text: string }
  | { readonly kind: 'notice'; readonly text: string }

export interface DevBus {
  emit(event: DevEvent): void
  /** Returns the way to stop listening. */
  subscribe(listener: (event: DevEvent) => void): () => void
}

export function createBus(): DevBus {
  const listeners = new Set<(event: DevEvent) => void>()
  return {
    emit(event) {
      for (const listener of listeners) tell(listener, event)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/** A view that fails must not fail the request it wanted to show. */
function tell(listener: (event: DevEvent) => void, event: DevEvent): void {
  try {
    listener(event)
  } catch (bug) {
    process.emitWarning(`a view failed: ${bugText(bug, 'first')}`)
  }
}

/** The end of every exchange, told to the bus. */
export function busSink(bus: DevBus): RecordSink {
  return { accept: (record, content) => bus.emit({ kind: 'finished', record, content }) }
}

/** The same pipeline, whose starts and first parts the bus hears of. */
export function observed(pipeline: Pipeline, bus: DevBus, now: () => number): Pipeline {
  return {
    decide: (incoming, at) => pipeline.decide(incoming, at),
    async run(incoming, signal) {
      bus.emit({ kind: 'started', incoming, at: now() })
      const reply = await pipeline.run(incoming, signal)
      if (reply.kind === 'stream') bus.emit({ kind: 'streaming', draft: reply.draft })
      return reply
    },
  }
}
