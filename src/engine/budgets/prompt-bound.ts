import type { Block, CanonicalRequest, MediaSource, Message, ToolDefinition } from '../../wire/canonical.ts'
import { isJsonObject } from '../../wire/json.ts'
import type { InputBound } from '../features.ts'
import { jsonBound, textBound } from './byte-bound.ts'

/*
 * What providers put around the texts, as allowances above what their documentation and published templates show: a
 * prompt may get a preamble (up to some 100 tokens seen), tools one that says how to call them (346 for Claude 4, 530
 * for an older one), a message its role marks (3 to 7).
 */
const PROMPT = 256
const MESSAGE = 16
const TOOLS = 1_024
const TOOL = 64
const SCHEMA = 512
const TOOL_USE = 32
/** The dearest picture that a provider's formula gives: 48,169 tokens (gpt-4o-mini, eight tiles). */
const IMAGE = 50_000
/** At most 32 tokens a second are billed, and no codec in use needs less than 200 bytes a second. */
const AUDIO_BASE64_PER_TOKEN = 8
const AUDIO = 64

/** Members of a body that make a provider add to the prompt what the request does not hold. */
const BY_REFERENCE = [
  'cachedContent',
  'cached_content',
  'container',
  'conversation',
  'mcp_servers',
  'plugins',
  'previous_response_id',
  'prompt',
  'web_search_options',
]

/** Members that choose another service of the same model, with the words for the usual one or a cheaper. */
const SERVICES: ReadonlyMap<string, readonly string[]> = new Map([
  ['service_tier', ['auto', 'default', 'flex', 'batch', 'standard', 'standard_only', 'on_demand']],
  ['speed', ['standard']],
  ['inference_geo', ['global']],
])

type CacheWrite = InputBound['cacheWrite']

interface Sum {
  tokens: number
  /** Something only the provider knows the size of is part of the prompt. */
  open: boolean
  cacheWrite: CacheWrite
  surcharge: boolean
}

/** What is certain about the size of a prompt, for budgets that must not be overshot. One pass over all its texts. */
export function promptBound(request: CanonicalRequest): InputBound {
  const sum: Sum = { tokens: PROMPT, open: false, cacheWrite: 'none', surcharge: false }
  if (request.embeddings !== undefined) addInputs(sum, request.embeddings.inputs)
  else for (const message of request.messages) addMessage(sum, message)
  if (request.tools.length > 0) sum.tokens += TOOLS
  for (const tool of request.tools) addTool(sum, tool)
  if (request.responseFormat.kind === 'json_schema') sum.tokens += SCHEMA + jsonBound(request.responseFormat)
  addExtra(sum, request.extra)
  const { tokens, open, cacheWrite, surcharge } = sum
  return { tokens: open ? null : tokens, cacheWrite, ...(surcharge ? { surcharge } : {}) }
}

function addInputs(sum: Sum, inputs: readonly string[] | readonly (readonly number[])[]): void {
  for (const input of inputs) sum.tokens += MESSAGE + (typeof input === 'string' ? textBound(input) : input.length)
}

function addMessage(sum: Sum, { name, blocks }: Message): void {
  sum.tokens += MESSAGE + (name === undefined ? 0 : textBound(name))
  for (const block of blocks) addBlock(sum, block)
}

function addBlock(sum: Sum, block: Block): void {
  if ('cacheControl' in block) addMark(sum, block.cacheControl)
  // Sealed thought comes back as the seal, which is longer than what it seals.
  if ('signature' in block && block.signature !== undefined) sum.tokens += textBound(block.signature)
  switch (block.kind) {
    case 'text':
      sum.tokens += textBound(block.text) + (block.citations === undefined ? 0 : jsonBound(block.citations))
      return
    case 'refusal':
      sum.tokens += textBound(block.text)
      return
    case 'reasoning':
      sum.tokens += textBound(block.text) + textBound(block.redacted ?? '')
      return
    case 'tool_use':
      sum.tokens += TOOL_USE + textBound(block.id) + textBound(block.name) + jsonBound(block.argumentsJson)
      return
    case 'tool_result':
      sum.tokens += TOOL_USE + textBound(block.toolUseId) + textBound(block.name ?? '')
      for (const inner of block.blocks) addBlock(sum, inner)
      return
    case 'image':
      sum.tokens += IMAGE
      return
    case 'audio':
      addAudio(sum, block.source)
      return
    case 'file':
      addFile(sum, block)
      return
    case 'opaque':
      sum.open = true
  }
}

function addAudio(sum: Sum, source: MediaSource): void {
  if (source.kind === 'data') sum.tokens += AUDIO + Math.ceil(source.base64.length / AUDIO_BASE64_PER_TOKEN)
  else sum.open = true
}

/** The text of a compressed document may be any number of times longer than the document. */
function addFile(sum: Sum, { source, name, extra }: Block & { kind: 'file' }): void {
  sum.tokens += MESSAGE + textBound(name ?? '') + (extra === undefined ? 0 : jsonBound(extra))
  if (source.kind === 'text') sum.tokens += textBound(source.text)
  // Four tokens for each byte that the base64 stands for.
  else if (source.kind === 'data' && source.mime.startsWith('text/')) sum.tokens += 3 * source.base64.length
  else sum.open = true
}

function addTool(sum: Sum, tool: ToolDefinition): void {
  addMark(sum, tool.cacheControl)
  // What a provider runs itself, it also feeds back into the prompt.
  if (tool.hosted !== undefined) sum.open = true
  else sum.tokens += TOOL + jsonBound(tool)
}

function addExtra(sum: Sum, extra: CanonicalRequest['extra']): void {
  for (const name in extra) {
    if (!Object.hasOwn(extra, name)) continue
    if (BY_REFERENCE.includes(name)) sum.open = true
    else if (isOtherService(name, extra[name])) sum.surcharge = true
    else if (name === 'cache_control') addMark(sum, extra[name])
  }
}

function isOtherService(name: string, value: unknown): boolean {
  const usual = SERVICES.get(name)
  return usual !== undefined && typeof value === 'string' && !usual.includes(value)
}

function addMark(sum: Sum, mark: unknown): void {
  if (mark === undefined || mark === null || sum.cacheWrite === '1h') return
  sum.cacheWrite = isJsonObject(mark) && mark['ttl'] === '1h' ? '1h' : '5m'
}
