import type { StreamPart } from '../../../src/wire/canonical.ts'

export const GREETING: readonly StreamPart[] = [
  { kind: 'start', id: 'chatcmpl-9', model: 'model-a-2026' },
  { kind: 'text', text: 'hel' },
  { kind: 'text', text: 'lo' },
  { kind: 'finish', reason: 'stop' },
  {
    kind: 'usage',
    usage: { input: 1, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 2, reasoning: 0, basis: 'reported' },
  },
]

export async function* each(parts: readonly StreamPart[]): AsyncGenerator<StreamPart> {
  yield* parts
}

export interface Chunk {
  model?: string
  choices?: { delta: { role?: string; content?: string }; finish_reason: string | null }[]
  usage?: unknown
  error?: { code: string }
}

export function eventsOf(text: string): (Chunk | '[DONE]')[] {
  return text
    .split('\n\n')
    .filter((block) => block.startsWith('data: '))
    .map((block) => block.slice('data: '.length))
    .map((data) => (data === '[DONE]' ? data : JSON.parse(data)))
}
