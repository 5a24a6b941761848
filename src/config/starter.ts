/** The file that `gateway config init` writes. Valid as it is, and runs without a key. */
export const STARTER_CONFIG = `# yaml-language-server: $schema=./node_modules/gateway/dist/schema/gateway.schema.json
# Routing config of gateway. Every section is optional; \`gateway config print --origins\` shows what applies.
version: 1

providers:
  # Simulated answers, so that everything works without a key. Replace it by real providers, for example:
  #   openai:  { kind: openai, api_keys: ["\${OPENAI_API_KEY}"] }
  #   mistral: { preset: mistral, api_keys: ["file:mistral.key"] }
  #   ollama:  { preset: ollama }
  simulated: { kind: simulated }

# The models to choose from: catalogue facts and your overrides. Without this section: every current model that the
# providers serve. \`gateway models list\` shows them with prices.
models:
  mistral-small-2603: { tier: free }
  gpt-5.4-mini: { tier: standard }
  qwen3-coder-plus: { tier: standard }
  claude-opus-4-8: { tier: premium }

# Names that clients may ask for; the router chooses inside the group.
aliases:
  chat: { models: [mistral-small-2603, gpt-5.4-mini] }

tiers: [free, standard, premium] # low to high

routing:
  default_policy: balanced # balanced, cheapest, best and fastest exist already; add your own under "policies"
  # The first rule that matches narrows the choice, the policy picks inside it.
  rules:
    - { name: code, when: { intent: code.* }, models: [qwen3-coder-plus, claude-opus-4-8] }
    - { name: hard reasoning, when: { intent: [reasoning, math], complexity: '>= 0.6' }, tier: premium }
    - { name: free first, when: { complexity: '< 0.3' }, tier: free }

# Who may spend what: per user, project, key, group or for all (global), for every model or a class of them. Without
# this section nobody is held back. "downgrade" goes on with a lower tier and says so, "block" refuses and is never overshot.
# budgets:
#   - { name: per user, scope: user, limit: 5 USD, window: day, on_exceed: downgrade }
#   - { name: premium, scope: project, model_class: tier:premium, limit: 200 USD, window: month, on_exceed: downgrade }
#   - { name: hard stop, scope: global, limit: 1000 USD, window: month, time_zone: Europe/Berlin, on_exceed: block }
# rate_limits:
#   - { scope: key, requests: 60/min, tokens: 200k/min, concurrent: 10 }

# What \`gateway replay\` demands before a change passes.
replay:
  gates:
    - { metric: cost.total, max_increase: 5% }
    - { metric: quality.score, non_inferior: 0.05 }
`
