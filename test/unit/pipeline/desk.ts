import type { LedgerOpening, LedgerRow } from '../../../src/engine/ledger.ts'
import type { Matrix } from '../../../src/engine/matrix.ts'
import type { BudgetRule, RateLimitRule, RoutingConfig } from '../../../src/engine/routing-config.ts'
import { createGate, type Gate } from '../../../src/pipeline/admission/gate.ts'
import { RateTable } from '../../../src/pipeline/admission/rate-table.ts'
import type { ExchangeReply, Incoming, LedgerPort, UpstreamCall, UpstreamResult } from '../../../src/pipeline/ports.ts'
import { bench, incoming, matrixOf, ROUTING, row } from './support.ts'

/** The signal of a client that stays. */
export const never = new AbortController().signal
/** A thousand nano-dollars a token. */
export const matrix = matrixOf(row('only', 'standard', 'one'))

export function budget(limitNanoUsd: number, changes: Partial<BudgetRule> = {}): BudgetRule {
  return { name: 'stop', scope: 'global', limitNanoUsd, window: 'total', warnAt: 0.8, onExceed: 'block', ...changes }
}

class Book implements LedgerPort {
  readonly openings: LedgerOpening[] = []
  readonly rows: LedgerRow[] = []
  durables = 0
  opened(opening: LedgerOpening): void {
    this.openings.push(opening)
  }
  closed(closed: LedgerRow): void {
    this.rows.push(closed)
  }
  durable(): Promise<void> {
    this.durables += 1
    return Promise.resolve()
  }
  spent(): { at: number; model: string; tier: string; nanoUsd: number }[] {
    return this.rows.map(({ at, model, tier, costNanoUsd }) => ({ at, model, tier, nanoUsd: costNanoUsd }))
  }
  total(): number {
    return this.rows.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0)
  }
}

interface Setting {
  readonly budgets?: readonly BudgetRule[]
  readonly rateLimits?: readonly RateLimitRule[]
  readonly matrix?: Matrix
  readonly routing?: Partial<RoutingConfig>
}

/** The real gate and pipeline over a ledger in memory and a scripted upstream. */
export function desk(setting: Setting, answer: (call: UpstreamCall) => UpstreamResult | Promise<UpstreamResult>) {
  const book = new Book()
  const rows = setting.matrix ?? matrix
  let routing: RoutingConfig = { ...ROUTING, ...setting.routing, budgets: setting.budgets ?? [] }
  if (setting.rateLimits !== undefined) routing = { ...routing, rateLimits: setting.rateLimits }
  const current = { routing, matrix: rows, seed: 0 }
  const gate: Gate = createGate({
    ledger: book,
    spentBefore: (_rule, _query, counts) => book.spent().filter((part) => counts(part)),
    rates: new RateTable(),
    generation: () => ({ ...current }),
  })
  const made = bench(answer, { matrix: rows, routing, admission: gate })
  const ask = (text = 'hi', changes: Partial<Incoming['request']> = {}): Promise<ExchangeReply> => {
    const base = incoming(text)
    return made.pipeline.run({ ...base, request: { ...base.request, ...changes } }, never)
  }
  return {
    ...made,
    book,
    gate,
    ask,
    replace: (budgets: readonly BudgetRule[], next: Matrix = rows): void => {
      current.routing = { ...routing, budgets }
      current.matrix = next
    },
  }
}

export function codeOf(reply: ExchangeReply): string {
  return reply.kind === 'error' ? reply.error.code : reply.kind
}
