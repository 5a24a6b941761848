import { entropy } from './placeholders.ts'
import type { SecretRule } from './rule.ts'

/** A key of a fixed form: prefix, then a run of key characters. */
function prefixed(id: string, prefix: string, body: string, more: Partial<SecretRule> = {}): SecretRule {
  const literal = prefix.replaceAll(/[.*+?^${}()|[\]\\]/gu, '\\$&')
  return {
    id,
    type: 'API_KEY',
    keywords: [prefix.toLowerCase()],
    pattern: new RegExp(`${literal}${body}`, 'uy'),
    goesOn: /[\w-]/u,
    ...more,
  }
}

/** Words such as `sk-learn-contrib-packages` have the form of a key but not its randomness. */
const random = (secret: string): boolean =>
  entropy(secret) >= 3.3 && (/\d/u.test(secret) || (/[a-z]/u.test(secret) && /[A-Z]/u.test(secret)))

/** Keys of model providers, clouds, code hosts and payment services. Formats as their owners document them. */
export const PROVIDER_KEYS: readonly SecretRule[] = [
  prefixed('sk-key', 'sk-', '[A-Za-z0-9_-]{16,200}', { accept: random }),
  prefixed('gateway-key', 'gw_', '[a-z]{2,12}_[A-Za-z0-9]{20,64}'),
  prefixed('google-api-key', 'AIza', '[A-Za-z0-9_-]{30,45}'),
  prefixed('google-oauth-secret', 'GOCSPX-', '[A-Za-z0-9_-]{20,40}'),
  prefixed('google-oauth-token', 'ya29.', '[A-Za-z0-9_-]{20,300}'),
  prefixed('groq-key', 'gsk_', '[A-Za-z0-9]{20,80}'),
  prefixed('xai-key', 'xai-', '[A-Za-z0-9]{20,100}'),
  prefixed('huggingface-token', 'hf_', '[A-Za-z0-9]{20,60}', { accept: (secret) => entropy(secret) >= 3.3 }),
  prefixed('perplexity-key', 'pplx-', '[A-Za-z0-9]{20,80}'),
  prefixed('replicate-token', 'r8_', '[A-Za-z0-9]{20,60}'),
  prefixed('fireworks-key', 'fw_', '[A-Za-z0-9]{20,60}', { accept: random }),
  prefixed('cerebras-key', 'csk-', '[A-Za-z0-9]{20,80}'),
  prefixed('nvidia-key', 'nvapi-', '[A-Za-z0-9_-]{20,100}'),
  prefixed('tavily-key', 'tvly-', '[A-Za-z0-9-]{16,60}'),
  prefixed('pinecone-key', 'pcsk_', '[A-Za-z0-9_]{20,100}'),
  prefixed('langsmith-key', 'lsv2_', '(?:pt|sk)_[a-f0-9_]{20,80}'),
  prefixed('langfuse-secret', 'sk-lf-', '[a-f0-9-]{20,60}'),
  {
    id: 'aws-access-key',
    type: 'API_KEY',
    keywords: ['akia', 'asia', 'abia', 'acca'],
    pattern: /A(?:KIA|SIA|BIA|CCA)[A-Z2-7]{16}(?![A-Za-z0-9])/uy,
  },
  prefixed('aws-bedrock-key', 'ABSK', '[A-Za-z0-9+/]{40,300}={0,2}', { accept: random, goesOn: /[A-Za-z0-9+/=]/u }),
  {
    id: 'github-token',
    type: 'API_KEY',
    keywords: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'],
    pattern: /gh[pousr]_[A-Za-z0-9]{30,255}/uy,
    goesOn: /\w/u,
  },
  prefixed('github-fine-grained', 'github_pat_', '[A-Za-z0-9_]{30,255}'),
  prefixed('gitlab-token', 'glpat-', '[A-Za-z0-9_-]{18,60}'),
  {
    id: 'slack-token',
    type: 'API_KEY',
    keywords: ['xox', 'xapp-'],
    pattern: /(?:xox[abeoprs]|xapp)-[A-Za-z0-9-]{10,200}/uy,
  },
  {
    id: 'slack-webhook',
    type: 'API_KEY',
    keywords: ['hooks.slack.com/'],
    anywhere: true,
    pattern: /hooks\.slack\.com\/(?:services|workflows)\/([A-Za-z0-9/_-]{20,100})/uy,
  },
  {
    id: 'stripe-key',
    type: 'API_KEY',
    keywords: ['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_', 'whsec_'],
    pattern: /(?:[sr]k_(?:live|test)_|whsec_)[A-Za-z0-9+/]{16,250}/uy,
    goesOn: /[\w+/=]/u,
  },
  {
    id: 'sendgrid-key',
    type: 'API_KEY',
    keywords: ['sg.'],
    pattern: /SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{30,64}/uy,
  },
  { id: 'twilio-key', type: 'API_KEY', keywords: ['sk'], pattern: /SK[a-f0-9]{32}(?![A-Za-z0-9])/uy },
  prefixed('npm-token', 'npm_', '[A-Za-z0-9]{30,60}'),
  prefixed('pypi-token', 'pypi-', 'AgE[A-Za-z0-9_-]{40,300}'),
  prefixed('docker-token', 'dckr_pat_', '[A-Za-z0-9_-]{20,60}'),
  prefixed('shopify-token', 'shpat_', '[a-fA-F0-9]{32}'),
  prefixed('digitalocean-token', 'dop_v1_', '[a-f0-9]{64}'),
  prefixed('databricks-token', 'dapi', '[a-f0-9]{32}(?:-\\d)?'),
  prefixed('vault-token', 'hvs.', '[A-Za-z0-9_-]{20,200}'),
  prefixed('linear-key', 'lin_api_', '[A-Za-z0-9]{30,60}'),
  prefixed('notion-token', 'ntn_', '[A-Za-z0-9]{30,60}'),
  prefixed('figma-token', 'figd_', '[A-Za-z0-9_-]{30,60}'),
  prefixed('atlassian-token', 'ATATT3', '[A-Za-z0-9_=-]{50,300}', { goesOn: /[\w=-]/u }),
  prefixed('age-key', 'AGE-SECRET-KEY-1', '[A-Z0-9]{50,64}'),
  prefixed('doppler-token', 'dp.pt.', '[A-Za-z0-9]{30,60}'),
  prefixed('grafana-token', 'glsa_', '[A-Za-z0-9_]{30,60}'),
  prefixed('grafana-cloud-token', 'glc_', '[A-Za-z0-9+/=]{30,400}', { accept: random }),
  prefixed('fly-token', 'fm2_', '[A-Za-z0-9+/=,_-]{60,800}', { accept: random }),
  prefixed('sentry-token', 'sntrys_', '[A-Za-z0-9+/=_-]{40,400}'),
  prefixed('sentry-user-token', 'sntryu_', '[a-f0-9]{40,80}'),
  {
    id: 'planetscale-key',
    type: 'API_KEY',
    keywords: ['pscale_tkn_', 'pscale_pw_', 'pscale_oauth_'],
    pattern: /pscale_(?:tkn|pw|oauth)_[\w.=-]{30,80}/iuy,
  },
  prefixed('sourcegraph-token', 'sgp_', '[a-fA-F0-9_]{40,80}'),
  prefixed('tailscale-key', 'tskey-', '[a-z]{2,12}-[A-Za-z0-9-]{16,80}'),
  prefixed('airtable-token', 'pat', '[A-Za-z0-9]{14}\\.[a-f0-9]{64}'),
  prefixed('square-secret', 'sq0csp-', '[A-Za-z0-9_-]{40,60}'),
  prefixed('square-token', 'sq0atp-', '[A-Za-z0-9_-]{20,60}'),
  prefixed('prefect-key', 'pnu_', '[A-Za-z0-9]{30,60}'),
  prefixed('postman-key', 'PMAK-', '[a-f0-9]{20,30}-[a-f0-9]{30,40}'),
  prefixed('newrelic-key', 'NRAK-', '[A-Z0-9]{24,40}'),
  prefixed('shippo-token', 'shippo_', '(?:live|test)_[a-f0-9]{40}'),
  prefixed('supabase-token', 'sbp_', '[a-f0-9]{40}'),
  prefixed('1password-token', 'ops_', 'eyJ[A-Za-z0-9+/=]{60,1000}', { goesOn: /[A-Za-z0-9+/=]/u }),
  {
    id: 'telegram-token',
    type: 'API_KEY',
    keywords: [':aa'],
    anywhere: true,
    pattern: /:(AA[A-Za-z0-9_-]{32,36})(?![\w-])/uy,
  },
]
