import type { FixtureResponse } from '../types.ts'

/** A refusal says so at once; later mentions are mostly part of an answer. */
const LOOK_AT = 240

const OPENINGS: readonly RegExp[] = [
  /\b(?:i['’]?m|i am) (?:really |very |so )?(?:sorry|afraid)[,.]? ?(?:but )?(?:i|that|this|as)\b.{0,40}\b(?:can['’]?t|cannot|can not|unable|won['’]?t|not able|not comfortable)\b/iu,
  /^(?:sorry|apologies|i apologi[sz]e)\b.{0,60}\b(?:can['’]?t|cannot|can not|unable|won['’]?t|not able)\b/iu,
  /^(?:unfortunately,? )?i (?:can['’]?t|cannot|can not|won['’]?t|will not|am (?:unable|not able)|must decline) (?:to )?(?:help|assist|provide|comply|fulfil|fulfill|create|generate|write|support|do that|answer|discuss|engage)/iu,
  /^as an ai\b.{0,80}\b(?:can['’]?t|cannot|can not|unable|not able|don['’]?t)\b/iu,
  /^i['’]?d rather not\b/iu,
  /^(?:es tut mir leid|tut mir leid|leider kann ich)\b.{0,60}\bnicht\b/iu,
  /^(?:je suis désolée?|désolée?)\b.{0,60}\bne (?:peux|suis)\b/iu,
  /^lo siento\b.{0,60}\bno puedo\b/iu,
  /^(?:抱歉|对不起|很抱歉).{0,20}(?:不能|无法)/u,
]

/** True when the provider says so (refusal field, content filter) or the text opens with a refusal. */
export function isRefusal(response: FixtureResponse): boolean {
  const { message, finish } = response
  if ((message.refusal ?? '') !== '' || finish === 'content_filter') return true
  if ((message.tool_calls?.length ?? 0) > 0) return false
  const opening = message.text.trimStart().slice(0, LOOK_AT).replaceAll(/\s+/gu, ' ')
  return OPENINGS.some((pattern) => pattern.test(opening))
}
