import type { Block, CanonicalRequest, Message } from './canonical.ts'

/** A turn of a two-sided talk, as Anthropic and Gemini want it: sides alternate and results of tools come first. */
export interface Turn {
  readonly role: 'user' | 'assistant'
  readonly blocks: readonly Block[]
}

/** What the user says when a talk would otherwise begin with the model, which both formats refuse. */
const OPENING: Turn = { role: 'user', blocks: [{ kind: 'text', text: '(start of the conversation)' }] }

/** The texts of all system messages, in order: neither format has a place for them inside the talk. */
export function systemBlocks({ messages }: CanonicalRequest): Block[] {
  return messages.flatMap(({ role, blocks }) => (role === 'system' ? blocks : []))
}

/** The talk without system messages: neighbours of one side joined, empty ones left out, the user first. */
export function turns(messages: readonly Message[]): Turn[] {
  const joined: { role: Turn['role']; blocks: Block[] }[] = []
  for (const { role, blocks } of messages) {
    const filled = blocks.filter((block) => block.kind !== 'text' || block.text !== '' || block.signature !== undefined)
    if (role === 'system' || filled.length === 0) continue
    const side = role === 'assistant' ? 'assistant' : 'user'
    const last = joined.at(-1)
    if (last?.role === side) last.blocks.push(...filled)
    else joined.push({ role: side, blocks: [...filled] })
  }
  const ordered = joined.map((turn) => (turn.role === 'user' ? resultsFirst(turn) : turn))
  return ordered[0]?.role === 'user' ? ordered : [OPENING, ...ordered]
}

function resultsFirst({ role, blocks }: Turn): Turn {
  const isResult = ({ kind }: Block): boolean => kind === 'tool_result'
  return { role, blocks: [...blocks.filter(isResult), ...blocks.filter((block) => !isResult(block))] }
}
