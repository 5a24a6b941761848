import type { Block, CanonicalRequest, Message } from '../../wire/canonical.ts'
import { unwrap } from './wrappers.ts'

/** Bound on the text of one part that is read closely; of a longer one the head and the tail are read. */
const READ_CHARS = 12_000
const HEAD_CHARS = 8_000
const TAIL_CHARS = READ_CHARS - HEAD_CHARS
/** Wrappers are looked for in this much of a message. */
const UNWRAP_CHARS = 200_000
/** Of the system text only the beginning is read: later there are rules and examples. */
const SYSTEM_CHARS = 1_500
/** Of earlier turns, and of attached material, enough to tell what they are. */
const EARLIER_CHARS = 1_500

/** A conversation taken apart for the scanner. Long parts are already cut. */
export interface Conversation {
  readonly system: string
  /** The newest turn of the user that says anything, without wrappers. */
  readonly lastUser: string
  /** The user's turn before that. */
  readonly earlierUser: string
  /** Material of the conversation outside the last user turn: attachments, earlier turns, the last answer. */
  readonly material: readonly string[]
  /** The newest answer of the model. */
  readonly lastAnswer: string
  readonly chars: { system: number; user: number; assistant: number; tool: number; lastUser: number }
  readonly turns: number
  readonly userTurns: number
  readonly wrappers: number
  /** The newest message is a tool's result: the model is in the middle of a task. */
  readonly endsWithTool: boolean
  readonly hasToolUse: boolean
  readonly images: number
  readonly audios: number
  readonly files: number
}

/** Head and tail of a long text; the middle of a long document adds nothing to what is asked. */
function boundedText(text: string, limit = READ_CHARS): string {
  if (text.length <= limit) return text
  if (limit < READ_CHARS) return text.slice(0, limit)
  return `${text.slice(0, HEAD_CHARS)}\n\n${text.slice(text.length - TAIL_CHARS)}`
}

/** All text of a message, one block a paragraph. */
function messageText(blocks: readonly Block[]): string {
  const only = blocks[0]
  if (blocks.length === 1 && only !== undefined) return blockText(only)
  return blocks.map(blockText).filter(Boolean).join('\n\n')
}

function blockText(block: Block): string {
  return block.kind === 'text' || block.kind === 'refusal' ? block.text : ''
}

/** Characters a block costs in a prompt, whatever it is. */
export function blockChars(block: Block): number {
  switch (block.kind) {
    case 'text':
    case 'refusal':
    case 'reasoning':
      return block.text.length
    case 'tool_use':
      return block.argumentsJson.length + block.name.length
    case 'tool_result':
      return block.blocks.reduce((sum, inner) => sum + blockChars(inner), 0)
    case 'image':
    case 'audio':
    case 'file':
    case 'opaque':
      return 0
  }
}

interface Counts {
  images: number
  audios: number
  files: number
  hasToolUse: boolean
}

function countBlocks(blocks: readonly Block[], counts: Counts): void {
  for (const block of blocks) {
    if (block.kind === 'image') counts.images += 1
    else if (block.kind === 'audio') counts.audios += 1
    else if (block.kind === 'file') counts.files += 1
    else if (block.kind === 'tool_use') counts.hasToolUse = true
    else if (block.kind === 'tool_result') {
      counts.hasToolUse = true
      countBlocks(block.blocks, counts)
    }
  }
}

function isToolMessage(message: Message): boolean {
  if (message.role === 'tool') return true
  return (
    message.blocks.some((block) => block.kind === 'tool_result') &&
    !message.blocks.some((block) => block.kind === 'text')
  )
}

function addChars(chars: Conversation['chars'], message: Message): void {
  for (const block of message.blocks) {
    const role = block.kind === 'tool_result' ? 'tool' : message.role
    chars[role] += blockChars(block)
  }
}

/** Takes a request apart: who said what, what was said last, what is only material. */
export function readConversation(request: CanonicalRequest): Conversation {
  const { messages } = request
  const counts: Counts = { images: 0, audios: 0, files: 0, hasToolUse: false }
  const chars = { system: 0, user: 0, assistant: 0, tool: 0, lastUser: 0 }
  const system: string[] = []
  let userTurns = 0
  let turns = 0
  for (const message of messages) {
    addChars(chars, message)
    countBlocks(message.blocks, counts)
    if (message.role === 'system') system.push(messageText(message.blocks))
    else turns += 1
    if (message.role === 'user' && !isToolMessage(message)) userTurns += 1
  }
  const { lastUser, earlierUser, material, lastAnswer, wrappers, lastUserChars } = newestTurns(messages)
  const { images, audios, files, hasToolUse } = counts
  const last = messages.at(-1)
  chars.lastUser = lastUserChars
  // Written out: this runs once a request, and spreads copy member by member.
  return {
    system: boundedText(unwrap(boundedText(system.join('\n\n'))).said, SYSTEM_CHARS),
    lastUser,
    earlierUser,
    material,
    lastAnswer,
    chars,
    turns,
    userTurns,
    wrappers,
    endsWithTool: last !== undefined && isToolMessage(last),
    hasToolUse,
    images,
    audios,
    files,
  }
}

interface Newest extends Pick<Conversation, 'lastUser' | 'earlierUser' | 'material' | 'lastAnswer' | 'wrappers'> {
  readonly lastUserChars: number
}

/** Walks back from the newest message until two turns of the user with words of their own are found. */
function newestTurns(messages: readonly Message[]): Newest {
  const users: string[] = []
  const material: string[] = []
  let lastAnswer = ''
  let wrappers = 0
  let lastUserChars = 0
  for (let at = messages.length - 1; at >= 0 && users.length < 2; at -= 1) {
    const message = messages[at]
    if (message === undefined || message.role === 'system' || message.role === 'tool') continue
    const text = messageText(message.blocks)
    if (message.role === 'assistant') {
      if (lastAnswer === '' && users.length < 2) lastAnswer = boundedText(text, EARLIER_CHARS)
      continue
    }
    const unwrapped = unwrap(boundedText(text, UNWRAP_CHARS))
    wrappers += unwrapped.wrappers
    for (const part of unwrapped.material) material.push(boundedText(part, EARLIER_CHARS))
    if (unwrapped.said === '') continue
    if (users.length === 0) lastUserChars = text.length
    users.push(boundedText(unwrapped.said, users.length === 0 ? READ_CHARS : EARLIER_CHARS))
  }
  return {
    lastUser: users[0] ?? '',
    earlierUser: users[1] ?? '',
    material: material.slice(0, 3),
    lastAnswer,
    wrappers,
    lastUserChars,
  }
}
