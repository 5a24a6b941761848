import { readFileSync } from 'node:fs'
import { ChatStreamDecoder } from '../../../../src/wire/openai-chat/decode-stream.ts'
import type { StreamPart } from '../../../../src/wire/canonical.ts'
import type { UsageDialectName } from '../../../../src/wire/usage-dialects.ts'

/** A recorded file of `test/fixtures/wire`. */
function recordedText(file: string): string {
  return readFileSync(new URL(`../../../fixtures/wire/${file}`, import.meta.url), 'utf8')
}

export function recordedBody(file: string): unknown {
  return JSON.parse(recordedText(file))
}

export function recordedChunks(file: string): string[] {
  return recordedText(file)
    .split('\n')
    .filter((line) => line !== '')
}

/** All parts of a stream of payloads; throws when one of them is no part. */
export function decodeAll(payloads: readonly string[], dialect?: UsageDialectName): StreamPart[] {
  const decoder = new ChatStreamDecoder(dialect)
  const parts = payloads.flatMap((payload) => {
    const event = decoder.push(payload)
    if (event.kind === 'parts' || event.kind === 'done') return event.parts
    throw new Error(`unexpected ${event.kind}`)
  })
  return [...parts, ...decoder.end()]
}

/** Parts as short words: what matters of them, without `raw`. */
export function outline(parts: readonly StreamPart[]): string[] {
  return parts.map((part) => {
    switch (part.kind) {
      case 'start':
      case 'usage':
      case 'opaque':
      case 'media':
        return part.kind
      case 'text':
      case 'reasoning':
      case 'refusal':
        return `${part.kind} ${part.text}`
      case 'tool_delta':
        return `tool ${part.index} ${part.id ?? '-'} ${part.name ?? '-'} ${part.argumentsDelta}`
      case 'finish':
        return `finish ${part.reason}`
    }
  })
}
