import { readFileSync } from 'node:fs'
import type { StreamPart } from '../../../src/wire/canonical.ts'
import type { StreamDecoder } from '../../../src/wire/reading.ts'

function recordedText(file: string): string {
  return readFileSync(new URL(`../../fixtures/wire/${file}`, import.meta.url), 'utf8')
}

/** A recorded body of `test/fixtures/wire`. */
export function recordedJson(file: string): unknown {
  return JSON.parse(recordedText(file))
}

/** The event payloads of a recorded stream. */
export function recordedEvents(file: string): string[] {
  return recordedText(file)
    .split('\n')
    .filter((line) => line !== '')
}

/** All parts of a stream of payloads; throws when one of them is no part. */
export function decodeWith(decoder: StreamDecoder, payloads: readonly string[]): StreamPart[] {
  const parts: StreamPart[] = []
  for (const payload of payloads) {
    const event = decoder.push(payload)
    if (event.kind === 'error' || event.kind === 'malformed') throw new Error(`unexpected ${event.kind}`)
    parts.push(...event.parts)
    if (event.kind === 'done') break
  }
  return [...parts, ...decoder.end()]
}

/** The parts with neighbours of one kind joined, which is all that a reader of the answer sees. */
export function essence(parts: readonly StreamPart[]): string[] {
  const lines: string[] = []
  let last = ''
  for (const part of parts) {
    const [key, text] = outlined(part)
    if (key === last && text !== '') lines.push(`${lines.pop() ?? ''}${text}`)
    else lines.push(`${key} ${text}`)
    last = key
  }
  return lines
}

function outlined(part: StreamPart): [key: string, text: string] {
  switch (part.kind) {
    case 'text':
    case 'reasoning':
    case 'refusal': {
      const seal = 'signature' in part && part.signature !== undefined ? ` sealed by ${part.signedBy ?? '?'}` : ''
      return [`${part.kind}${seal}`, part.text]
    }
    case 'tool_delta':
      return part.id === undefined
        ? [`args ${part.index}`, part.argumentsDelta]
        : [`call ${part.index} ${part.id} ${part.name ?? '?'}`, part.argumentsDelta]
    case 'finish':
      return ['finish', part.reason]
    case 'start':
      return ['start', `${part.id} ${part.model}`]
    case 'usage':
    case 'media':
    case 'opaque':
      return [part.kind, '']
  }
}

/** The payloads of SSE blocks as encoders give them, with the name of each event. */
export function readBlocks(blocks: readonly string[]): { event: string; data: string }[] {
  return blocks.map((block) => {
    const match = /^event: (\w+)\ndata: (.*)\n\n$/.exec(block)
    if (match === null) throw new Error(`no event: ${block}`)
    return { event: match[1] ?? '', data: match[2] ?? '' }
  })
}
