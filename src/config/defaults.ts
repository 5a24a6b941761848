/**
 * Every default of the vocabulary, as a user would write it. The schema shows them to editors, `config print` names
 * them as origin, and the code reads the same texts through the unit readers.
 */
export const DEFAULTS = {
  provider: {
    timeouts: { connect: '5s', first_token: '30s', idle: '60s', total: '10m' },
    max_concurrency: 64,
  },
  tiers: ['free', 'standard', 'premium'],
  routing: {
    default_policy: 'balanced',
    policies: {
      balanced: { weights: { quality: 0.5, cost: 0.3, latency: 0.2 }, relax: ['latency', 'quality'] },
      cheapest: { minimize: 'cost', relax: ['latency', 'quality'] },
      best: { maximize: 'quality', relax: ['cost', 'latency'] },
      fastest: { minimize: 'latency', relax: ['quality', 'cost'] },
    },
    sticky: 'session',
    strict_params: false,
    default_max_output: 4096,
  },
  failover: {
    max_attempts: 4,
    deadline: '60s',
    lower_tiers: true,
    higher_tiers: false,
    cooldown: { base: '5s', max: '5m' },
  },
  budgets: { warn_at: '80%', on_exceed: 'block', apply: 'all' },
  replay: {
    fixtures: ['fixtures/*.jsonl'],
    coverage: 0.9,
    max_age: '30d',
    on_stale: 'warn',
    on_inconclusive: 'warn',
    level: 'error',
  },
  store: { ledger_retention: '90d', max_size: '2GB', synchronous: 'normal' },
  auth: { required: true },
  /** Of each issuer in `auth.jwt`. */
  jwt: {
    clock_tolerance: '30s',
    private_network: false,
    allow_missing_kid: false,
    key_cache: { max_age: '10m', cool_down: '30s', max_stale: '1h' },
    // `user` and `project` are not among them: a token that is bound to none could name anybody.
    allow: { hints: ['tier', 'policy', 'session', 'tags'], explain: false },
  },
} as const

/**
 * Rules used only when there is no config file at all, so that a first run shows routing by intent and complexity.
 * `gateway config init` writes the same rules into the starter file.
 */
export const FIRST_RUN_RULES = [
  { name: 'hard reasoning', when: { intent: ['reasoning', 'math'], complexity: '>= 0.6' }, tier: 'premium' },
  { name: 'free first', when: { complexity: '< 0.3' }, tier: 'free' },
] as const
