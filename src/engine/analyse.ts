import type { CanonicalRequest } from '../wire/canonical.ts'
import { isHard } from './budgets/mode.ts'
import { promptBound } from './budgets/prompt-bound.ts'
import type { Features } from './features.ts'
import { readConversation, type Conversation } from './features/conversation.ts'
import { CUES, type Strengths } from './features/cue-names.ts'
import { dominantScript, languageOf } from './features/language.ts'
import { modalitiesOf, needsOf } from './features/needs.ts'
import { requestCues, type Reading } from './features/request-cues.ts'
import { promptTokens } from './features/size.ts'
import { classify } from './intent/classify.ts'
import type { Intent, IntentResult } from './intents.ts'
import type { BudgetLeft } from './state.ts'

/** Cues weaker than this are noise and not reported. */
const REPORTED = 0.15

/**
 * Reads a request: what it needs, how large it is, and what kind of task it is. Pure and total. `previous` is the
 * intent of the conversation's turn before, null at its start; `budgets` are those that concern the caller.
 */
export function analyse(
  request: CanonicalRequest,
  previous: Intent | null,
  budgets: readonly BudgetLeft[] = [],
): { features: Features; intent: IntentResult } {
  const conversation = readConversation(request)
  const { strengths, last, system } = requestCues(request, conversation)
  const plain = featuresOf(request, conversation, { strengths, last })
  const bound = budgets.some(({ rule }) => isHard(rule))
  const features = bound ? { ...plain, inputBound: promptBound(request) } : plain
  const intent = classify({ strengths, last, system, inputTokens: features.inputTokens }, previous)
  return { features, intent }
}

function featuresOf(
  request: CanonicalRequest,
  conversation: Conversation,
  { strengths, last }: { strengths: Strengths; last: Reading },
): Features {
  const script = dominantScript(last.scan)
  return {
    inputTokens: promptTokens(request),
    maxOutputTokens: request.maxOutputTokens ?? null,
    turns: conversation.turns,
    userTurns: conversation.userTurns,
    chars: conversation.chars,
    language: languageOf(last.scan, script, last.words.votes),
    script,
    modalities: modalitiesOf(conversation),
    needs: needsOf(request),
    agentLoop: conversation.endsWithTool || conversation.hasToolUse,
    cues: reportedCues(strengths),
  }
}

function reportedCues(strengths: Strengths): Record<string, number> {
  const cues: Record<string, number> = {}
  for (let at = 0; at < CUES.length; at += 1) {
    const strength = strengths[at] ?? 0
    const name = CUES[at]
    if (strength >= REPORTED && name !== undefined) cues[name] = Math.round(strength * 100) / 100
  }
  return cues
}
