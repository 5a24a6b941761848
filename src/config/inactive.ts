import type { GatewayConfig } from './schema.ts'

interface Section {
  readonly path: string
  /** True when the config uses it. */
  readonly used: (config: GatewayConfig) => boolean
  /** Flip to true when the work behind the section is done. */
  readonly active: boolean
  /** Ignoring it would weaken a protection that the user asked for, so a live proxy must not start. */
  readonly protects: (config: GatewayConfig) => boolean
}

const never = (): boolean => false
const always = (): boolean => true

/**
 * The one table of what validates but is not done yet. `config validate` says "not active yet" for the used ones;
 * `dev` refuses to start for those that protect.
 */
const SECTIONS: readonly Section[] = [
  { path: 'budgets', used: (config) => nonEmpty(config.budgets), active: true, protects: always },
  { path: 'rate_limits', used: (config) => nonEmpty(config.rate_limits), active: true, protects: always },
  { path: 'canaries', used: (config) => nonEmpty(config.canaries), active: false, protects: never },
  { path: 'cache', used: (config) => config.cache !== undefined, active: false, protects: never },
  {
    path: 'guardrails.input',
    used: (config) => config.guardrails?.input !== undefined,
    active: false,
    protects: (config) => stops(config.guardrails?.input),
  },
  {
    path: 'guardrails.output',
    used: (config) => config.guardrails?.output !== undefined,
    active: false,
    protects: (config) => stops(config.guardrails?.output),
  },
  { path: 'auth.jwt', used: (config) => nonEmpty(config.auth?.jwt), active: true, protects: always },
  { path: 'telemetry.log', used: (config) => config.telemetry?.log !== undefined, active: false, protects: never },
  { path: 'telemetry.otlp', used: (config) => config.telemetry?.otlp !== undefined, active: false, protects: never },
  {
    path: 'telemetry.prometheus',
    used: (config) => config.telemetry?.prometheus === true,
    active: false,
    protects: never,
  },
]

/** Paths of the used sections that validate but do nothing yet. */
export function inactiveSections(config: GatewayConfig): readonly string[] {
  return SECTIONS.filter((section) => !section.active && section.used(config)).map(({ path }) => path)
}

/** The inactive sections whose silent absence would leave the user less protected than the config says. */
export function inactiveProtections(config: GatewayConfig): readonly string[] {
  return SECTIONS.filter((section) => !section.active && section.used(config) && section.protects(config)).map(
    ({ path }) => path,
  )
}

function nonEmpty(list: readonly unknown[] | undefined): boolean {
  return list !== undefined && list.length > 0
}

/** True when some detector of the stage may change or refuse a text. */
function stops(stage: NonNullable<GatewayConfig['guardrails']>['input']): boolean {
  const actions = [
    ...Object.values(stage?.patterns ?? {}),
    stage?.blocklist?.action ?? (stage?.blocklist ? 'block' : 'off'),
  ]
  const thresholds = Object.values(stage?.classifier ?? {})
  return (
    actions.some((action) => action === 'mask' || action === 'block') ||
    thresholds.some((one) => one?.block !== undefined || one?.mask !== undefined)
  )
}
