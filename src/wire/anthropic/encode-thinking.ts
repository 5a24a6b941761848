import type { CanonicalRequest } from '../canonical.ts'
import type { Dropped } from '../dropped.ts'
import { effortBudget } from '../effort.ts'
import { isJsonObject, type JsonObject } from '../json.ts'
import type { Turn } from '../turns.ts'
import type { ClaudeTraits } from './model-traits.ts'

export interface ThinkingMembers {
  readonly thinking?: JsonObject
  /** `output_config.effort`. */
  readonly effort?: string
}

interface ThinkingContext {
  readonly traits: ClaudeTraits
  readonly turns: readonly Turn[]
  readonly maxTokens: number
  readonly dropped: Dropped
}

const OFF: ThinkingMembers = { thinking: { type: 'disabled' } }
const EFFORTS: ReadonlySet<string> = new Set(['low', 'medium', 'high', 'max'])

/** How a reasoning effort is said to a model: a budget to older ones, an effort word to newer ones. */
export function thinkingMembers(request: CanonicalRequest, context: ThinkingContext): ThinkingMembers {
  const { traits, dropped } = context
  const own = ownThinking(request)
  if (own !== null && fitsThinking(request, traits)) return own
  const effort = request.sampling.reasoningEffort ?? (own === null ? undefined : UNSAID_EFFORT)
  if (effort === undefined) return {}
  if (effort === 'none') return traits.thinking === null ? {} : OFF
  const members = traits.thinking === null || isForced(request) ? null : switchedOn(effort, context)
  if (members === null) dropped.add('reasoningEffort')
  return members ?? {}
}

/** Stands for thinking whose amount is left to the model. */
const UNSAID_EFFORT = 'medium'

/**
 * False when a model would refuse what a client of the same format said about thinking: routing may have chosen another
 * generation than the client had in mind.
 */
export function fitsThinking({ extra }: CanonicalRequest, { thinking: way, extraHigh }: ClaudeTraits): boolean {
  const { thinking, output_config: config } = extra
  const type = isJsonObject(thinking) ? thinking['type'] : undefined
  const effort = isJsonObject(config) ? config['effort'] : undefined
  if ((type === 'adaptive' || typeof effort === 'string') && way !== 'adaptive') return false
  if (effort === 'xhigh' && !extraHigh) return false
  // Models that know the effort word for more than high take no budgets any more.
  return type !== 'enabled' || (way !== null && !extraHigh)
}

/** What the client of the same format said itself goes through as it is. */
function ownThinking({ format, extra }: CanonicalRequest): ThinkingMembers | null {
  if (format !== 'anthropic') return null
  const { thinking, output_config: config } = extra
  const effort = isJsonObject(config) ? config['effort'] : undefined
  if (!isJsonObject(thinking) && typeof effort !== 'string') return null
  return { ...(isJsonObject(thinking) ? { thinking } : {}), ...(typeof effort === 'string' ? { effort } : {}) }
}

/** A tool that has to be called and thinking exclude each other. */
function isForced({ toolChoice, tools }: CanonicalRequest): boolean {
  if (toolChoice === undefined || tools.length === 0) return false
  return (
    toolChoice.kind === 'required' ||
    toolChoice.kind === 'named' ||
    (toolChoice.kind === 'allowed' && toolChoice.required)
  )
}

/** Null when the request leaves no room for thinking. */
function switchedOn(effort: string, { traits, turns, maxTokens }: ThinkingContext): ThinkingMembers | null {
  if (traits.thinking === 'adaptive') {
    const word = effortWord(effort, traits)
    return word === null ? null : { thinking: { type: 'adaptive', display: 'summarized' }, effort: word }
  }
  const budget = effortBudget(effort, maxTokens)
  if (budget === null || budget >= maxTokens || isUnsealed(turns)) return null
  return { thinking: { type: 'enabled', budget_tokens: budget } }
}

function effortWord(effort: string, { extraHigh }: ClaudeTraits): string | null {
  if (effort === 'minimal') return 'low'
  if (effort === 'xhigh') return extraHigh ? 'xhigh' : 'high'
  return EFFORTS.has(effort) ? effort : null
}

/** With a budget, a turn of calls that is being answered has to begin with its own sealed thought. */
function isUnsealed(turns: readonly Turn[]): boolean {
  const last = turns.at(-1)
  if (last === undefined || !last.blocks.some(({ kind }) => kind === 'tool_result')) return false
  const calls = turns.at(-2)
  return (
    calls === undefined || !calls.blocks.some((block) => block.kind === 'reasoning' && block.signedBy === 'anthropic')
  )
}
