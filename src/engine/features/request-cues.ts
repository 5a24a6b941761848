import type { CanonicalRequest } from '../../wire/canonical.ts'
import type { Conversation } from './conversation.ts'
import { CUES, cueIndex, raise, strengthOf, type Strengths } from './cue-names.ts'
import { deriveCues } from './derive.ts'
import { lexicon } from './lexicon.ts'
import { scanText } from './scan.ts'
import { type Scan } from './scanned.ts'
import { structureCues } from './structure.ts'
import { wordCues, type WordCues } from './word-cues.ts'
import { zonesOf, type Zones } from './zones.ts'

/** A part of the conversation after reading: its scan, what of it is said, its word cues. */
export interface Reading {
  readonly scan: Scan
  readonly zones: Zones
  readonly words: WordCues
}

/** Reads one text closely. */
function readText(text: string): Reading {
  const scan = scanText(text)
  const zones = zonesOf(scan)
  return { scan, zones, words: wordCues(scan, zones, lexicon()) }
}

/** For each cue the place of its `sys.` and `past.` twin, -1 for those without. */
const SYSTEM_TWIN = Int16Array.from(CUES, (name) => cueIndex(`sys.${name}`))
const PAST_TWIN = Int16Array.from(CUES, (name) => cueIndex(`past.${name}`))

function copyTwins(from: Strengths, to: Strengths, twins: Int16Array): void {
  for (let at = 0; at < twins.length; at += 1) {
    const twin = twins[at] ?? -1
    if (twin >= 0) to[twin] = Math.max(to[twin] ?? 0, from[at] ?? 0)
  }
}

/** Cues of the form of earlier or attached material, weaker than those of the last turn. */
function contextCues(text: string, strengths: Strengths, weight: number): void {
  if (text === '') return
  const scan = scanText(text)
  const own = new Float64Array(CUES.length)
  structureCues(scan, zonesOf(scan), own)
  const code = Math.max(strengthOf(own, 'code.fence'), strengthOf(own, 'code.lines'), strengthOf(own, 'code.diff'))
  raise(strengths, 'ctx.code', code * weight)
  raise(strengths, 'ctx.document', strengthOf(own, 'text.document') * (1 - code) * weight)
  raise(strengths, 'ctx.transcript', strengthOf(own, 'text.transcript') * weight)
  raise(strengths, 'ctx.math', Math.max(strengthOf(own, 'math.latex'), strengthOf(own, 'math.operators')) * weight)
}

/** Weight of what the model said, and of an earlier turn of the user, against attached material. */
const ANSWER_WEIGHT = 0.6
const EARLIER_WEIGHT = 0.8

/** All cues of a request, each 0..1, and the close reading of the last user turn. */
export function requestCues(
  request: CanonicalRequest,
  conversation: Conversation,
): { strengths: Strengths; last: Reading; system: Reading | null } {
  const last = readText(conversation.lastUser)
  const { strengths } = last.words
  structureCues(last.scan, last.zones, strengths)
  const system = conversation.system === '' ? null : readText(conversation.system)
  if (system !== null) copyTwins(system.words.strengths, strengths, SYSTEM_TWIN)
  if (conversation.earlierUser !== '') {
    const earlier = readText(conversation.earlierUser)
    copyTwins(earlier.words.strengths, strengths, PAST_TWIN)
    contextCues(conversation.earlierUser, strengths, EARLIER_WEIGHT)
  }
  contextCues(conversation.lastAnswer, strengths, ANSWER_WEIGHT)
  for (const part of conversation.material) contextCues(part, strengths, 1)
  outerCues(request, conversation, strengths)
  deriveCues(strengths)
  return { strengths, last, system }
}

/** What the request says of itself beside its text: tools, schema, attachments, turns. */
function outerCues(request: CanonicalRequest, conversation: Conversation, strengths: Strengths): void {
  raise(strengths, 'ctx.turns', Math.min(1, (conversation.userTurns - 1) / 4))
  raise(strengths, 'agent.loop', conversation.endsWithTool ? 1 : conversation.hasToolUse ? 0.6 : 0)
  const wantsTools = request.tools.length > 0 && request.toolChoice?.kind !== 'none'
  raise(strengths, 'agent.tools', wantsTools ? 1 : 0)
  raise(
    strengths,
    'agent.forced',
    wantsTools && (request.toolChoice?.kind === 'required' || request.toolChoice?.kind === 'named') ? 1 : 0,
  )
  raise(strengths, 'agent.wrapper', Math.min(1, conversation.wrappers / 2))
  raise(strengths, 'need.json', request.responseFormat.kind === 'text' ? 0 : 1)
  raise(strengths, 'attach.image', Math.min(1, conversation.images))
  raise(strengths, 'attach.audio', Math.min(1, conversation.audios))
  raise(strengths, 'attach.file', Math.min(1, conversation.files))
}
