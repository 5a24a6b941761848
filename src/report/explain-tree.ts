import { share, usd } from '../engine/describe/amounts.ts'
import { describeDowngrade, describeOutcome, describeRelaxed } from '../engine/describe/outcome.ts'
import { describeRejection, rejectionTitle } from '../engine/describe/rejection.ts'
import { isRejected, type Chosen, type Decision } from '../engine/decision.ts'
import { explainNodes, type ExplainExtras, type ExplainNode } from './explain-nodes.ts'
import { clampWidth, cut, wrap, type TextStyle, type Tone } from './style.ts'

export interface ExplainStyle extends TextStyle {
  /** Levels of lines below the headline: 0 for the headline alone, 2 by default. */
  readonly depth?: number
}

interface Lines {
  readonly branch: string
  readonly last: string
  readonly pass: string
  readonly gap: string
  readonly ellipsis: string
}

const UNICODE_LINES: Lines = { branch: '├─ ', last: '└─ ', pass: '│   ', gap: '    ', ellipsis: '…' }
const ASCII_LINES: Lines = { branch: '|- ', last: '`- ', pass: '|   ', gap: '    ', ellipsis: '...' }
const DEFAULT_DEPTH = 2
/** Children shown at the deepest level before the rest becomes one line. */
const MOST_CHILDREN = 10
const LEAST_LABEL = 13
const MOST_LABEL = 34
/** Columns that a text gets at least, however deep it stands. */
const LEAST_ROOM = 24

/** The tree of a decision: a headline, then intent, filters, scores and plan, each as deep as asked. */
export function explainTree(decision: Decision, style: ExplainStyle, extras: ExplainExtras = {}): string {
  const depth = style.depth ?? DEFAULT_DEPTH
  const lines = headlines(decision).map(([text, tone]) =>
    style.paint(` ${cut(text, clampWidth(style.width) - 1, '')}`, tone),
  )
  const drawn = depth > 0 ? draw(explainNodes(decision, extras), { style, depth, level: 1, indent: ' ' }) : []
  return [...lines, ...drawn].join('\n')
}

/** The same as sentences without any drawing, for screen readers: one line a fact, read from top to bottom. */
export function explainSentences(decision: Decision, extras: ExplainExtras & { readonly depth?: number } = {}): string {
  const lines = headlines(decision).map(([text]) => `${text}.`)
  const speak = (nodes: readonly ExplainNode[], level: number): void => {
    for (const node of nodes) {
      lines.push(`${node.label}: ${node.text}${(node.names ?? []).join(', ')}.`)
      if (level < (extras.depth ?? DEFAULT_DEPTH)) speak(node.children, level + 1)
    }
  }
  speak(explainNodes(decision, extras), 1)
  return lines.join('\n')
}

/** The decision in one line: `gpt-y  standard  rule=reason  score=.781  est=$.0110  (claude-x: breaker open)`. */
export function explainLine(decision: Decision): string {
  const { outcome } = decision
  if (outcome.kind === 'refused') return `refused  ${outcome.code}  (${describeOutcome(outcome)})`
  const winner = decision.candidates.find((candidate) => candidate.model === outcome.model)
  const score = winner === undefined || isRejected(winner) ? null : winner.score
  const cost = score === null ? null : score.expectedCost
  const parts = [outcome.model, outcome.tier]
  parts.push(outcome.rule === null ? `policy=${outcome.policy}` : `rule=${outcome.rule.name}`)
  if (score !== null) parts.push(`score=${share(score.total)}`)
  parts.push(cost === null ? 'est=unknown' : `est=${usd(cost.nanoUsd)}`)
  const notes = lineNotes(decision, outcome)
  return `${parts.join('  ')}${notes.length === 0 ? '' : `  (${notes.join('; ')})`}`
}

/** What is unusual about a choice: what gave way, and models that are out of reach for now. */
function lineNotes(decision: Decision, outcome: Chosen): readonly string[] {
  const notes: string[] = []
  if (outcome.because.kind === 'sticky_session') notes.push('session kept')
  if (outcome.because.kind === 'asked_unavailable')
    notes.push(`${outcome.because.asked}: ${rejectionTitle(outcome.because.cause)}`)
  if (outcome.downgradedFrom !== null) notes.push(describeDowngrade(outcome.downgradedFrom))
  if (outcome.relaxed.length > 0) notes.push(describeRelaxed(outcome.relaxed))
  const ill = decision.candidates.filter(
    (candidate) => isRejected(candidate) && candidate.rejected.code === 'provider_unhealthy',
  )
  for (const candidate of ill.slice(0, 2))
    if (isRejected(candidate)) notes.push(`${candidate.model} ${describeRejection(candidate.rejected)}`)
  return notes
}

function headlines({ outcome, asked }: Decision): readonly (readonly [string, Tone])[] {
  const rule = outcome.rule === null ? 'none' : `"${outcome.rule.name}"`
  const context = `asked: ${asked.model}   rule: ${rule}   policy: ${outcome.policy ?? 'none'}`
  if (outcome.kind === 'refused')
    return [
      [`refused: ${outcome.code}, ${describeOutcome(outcome)}`, 'bad'],
      [context, 'dim'],
    ]
  return [
    [`chosen: ${describeOutcome(outcome)}`, 'strong'],
    [context, 'dim'],
  ]
}

interface Place {
  readonly style: ExplainStyle
  readonly depth: number
  readonly level: number
  readonly indent: string
}

function draw(nodes: readonly ExplainNode[], place: Place): readonly string[] {
  const { style, depth, level, indent } = place
  const lines = style.ascii ? ASCII_LINES : UNICODE_LINES
  const shown = shorten(nodes, level === depth && level === DEFAULT_DEPTH)
  const most = Math.min(MOST_LABEL, clampWidth(style.width) - indent.length - lines.last.length - LEAST_ROOM - 2)
  const labelWidth = Math.min(most, Math.max(level === 1 ? LEAST_LABEL : 0, ...shown.map(labelLength)))
  return shown.flatMap((node, index) => {
    const isLast = index === shown.length - 1
    const below = `${indent}${isLast ? lines.gap : lines.pass}`
    const children = level < depth ? node.children : []
    const own = nodeLines(node, {
      style,
      labelWidth,
      first: `${indent}${isLast ? lines.last : lines.branch}`,
      below: `${below}${children.length > 0 ? lines.pass : lines.gap}`,
    })
    return [...own, ...draw(children, { ...place, level: level + 1, indent: below })]
  })
}

function labelLength({ label, text, names }: ExplainNode): number {
  return text === '' && names === undefined ? 0 : label.length
}

/** A tree of the usual depth keeps to a screen: a long list ends in "and n more"; a deeper tree shows it whole. */
function shorten(nodes: readonly ExplainNode[], deepest: boolean): readonly ExplainNode[] {
  if (!deepest || nodes.length <= MOST_CHILDREN + 1) return nodes
  const more = nodes.length - MOST_CHILDREN
  return [...nodes.slice(0, MOST_CHILDREN), { label: `and ${more} more`, text: '', tone: 'dim', children: [] }]
}

interface LinePlace {
  readonly style: ExplainStyle
  readonly labelWidth: number
  /** What stands before the first line. */
  readonly first: string
  /** What stands before a continuation of it. */
  readonly below: string
}

/** A node as one line, or as more where its text is too long for one. */
function nodeLines(node: ExplainNode, { style, labelWidth, first, below }: LinePlace): readonly string[] {
  const width = clampWidth(style.width)
  const { ellipsis } = style.ascii ? ASCII_LINES : UNICODE_LINES
  const paint = (text: string): string => style.paint(text.trimEnd(), node.tone ?? 'plain')
  if (node.text === '' && node.names === undefined)
    return [`${first}${paint(cut(node.label, width - first.length, ellipsis))}`]
  const label = cut(node.label, labelWidth, ellipsis).padEnd(labelWidth + 2)
  const room = Math.max(LEAST_ROOM, width - Math.max(first.length + label.length, below.length))
  if (node.names !== undefined) {
    const text = cut(node.text, room - Math.floor(LEAST_ROOM / 2), ellipsis)
    return [`${first}${paint(`${label}${text}${fitNames(node.names, room - text.length, ellipsis)}`)}`]
  }
  const hanging = ' '.repeat(Math.max(0, first.length + label.length - below.length))
  return wrap(node.text, room).map((text, index) =>
    index === 0 ? `${first}${paint(`${label}${text}`)}` : `${below}${hanging}${paint(text)}`,
  )
}

/** As many names as fit, then how many are left. */
function fitNames(names: readonly string[], room: number, ellipsis: string): string {
  const whole = names.join(', ')
  if (whole.length <= room) return whole
  for (let shown = names.length - 1; shown > 0; shown -= 1) {
    const text = `${names.slice(0, shown).join(', ')} and ${names.length - shown} more`
    if (text.length <= room) return text
  }
  return cut(whole, Math.max(0, room), ellipsis)
}
