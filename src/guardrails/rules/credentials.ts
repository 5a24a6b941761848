import { entropy, isPlaceholder } from './placeholders.ts'
import type { SecretRule } from './rule.ts'

const QUOTE = `(?:\\\\{0,6}["'\`]|&quot;|%22)`
const GAP = '[ \\t]{0,8}'

/** `name: value`, `name=value`, `"name": "value"`, also with escaped quotes inside JSON strings. */
const ASSIGNED = new RegExp(
  `(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|apikey|access[_-]?key|private[_-]?key|client[_-]?secret|auth[_-]?key|accountkey|sharedaccesskey|credentials?)` +
    `(?:[_-]?(?:id|key|value|hash|string))?${QUOTE}?${GAP}(?:=>|:=|[:=]|%3[aAdD])${GAP}(?:${QUOTE}((?:(?!${QUOTE})[^\\r\\n]){6,400})${QUOTE}?|((?:[^\\s"'\`,;&<>(){}\\\\]|&(?!\\w{1,40}=)){6,400}))`,
  'iuy',
)

/** Words and numbers after `token:` are mostly prose or counts. */
function isAssignedSecret(secret: string): boolean {
  if (isPlaceholder(secret) || /^[\d.,:%-]+$/u.test(secret)) return false
  // A name in code, such as `settings.SECRET_KEY`.
  if (/^[A-Za-z_]+(?:\.[A-Za-z_]+)+$/u.test(secret)) return false
  if (/\s/u.test(secret.trim()) && secret.length > 60) return false
  const kinds = [/[a-z]/u, /[A-Z]/u, /\d/u, /[^A-Za-z0-9]/u].filter((kind) => kind.test(secret)).length
  return (
    kinds >= 3 ||
    (kinds >= 2 && secret.length >= 8 && /\d|[^\w\s.-]/u.test(secret)) ||
    (secret.length >= 16 && entropy(secret) >= 3.4)
  )
}

/** Credentials that are known by what stands around them. */
export const CREDENTIALS: readonly SecretRule[] = [
  {
    id: 'private-key',
    type: 'PRIVATE_KEY',
    keywords: ['-----begin'],
    anywhere: true,
    // Up to the end marker; without one (cut off) as far as key material goes.
    pattern:
      /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[A-Za-z0-9+/=\s\\:,.()-]{0,20000}?-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|[A-Za-z0-9+/=\s\\]{0,20000})/uy,
  },
  {
    id: 'jwt',
    type: 'JWT',
    keywords: ['eyj'],
    pattern: /eyJ[A-Za-z0-9_-]{8,1000}\.eyJ[A-Za-z0-9_-]{4,4000}(?:\.[A-Za-z0-9_-]{0,1000})?/uy,
    goesOn: /[\w.-]/u,
  },
  {
    id: 'bearer',
    type: 'TOKEN',
    keywords: ['bearer'],
    pattern: /bearer(?:[ \t]|%20|\+){1,4}([A-Za-z0-9._~+/=-]{12,2000})/iuy,
    accept: (secret) => !isPlaceholder(secret) && (/\d/u.test(secret) || entropy(secret) >= 3.7),
    goesOn: /[A-Za-z0-9._~+/=-]/u,
  },
  {
    id: 'basic-auth',
    type: 'TOKEN',
    keywords: ['basic '],
    pattern: /basic[ \t]{1,4}([A-Za-z0-9+/]{12,500}={0,2})/iuy,
    accept: (secret) => /^[\x20-\x7e]+:[\x20-\x7e]*$/u.test(Buffer.from(secret, 'base64').toString('latin1')),
  },
  {
    id: 'authorization-header',
    type: 'TOKEN',
    keywords: ['authorization', 'x-api-key', 'x-goog-api-key', 'api-key', 'cookie'],
    anywhere: true,
    pattern: new RegExp(
      `(?:authorization|x-api-key|x-goog-api-key|api-key|set-cookie|cookie)${QUOTE}?${GAP}[:=]${GAP}${QUOTE}?(?:(?:bearer|basic|token|apikey)[ \\t]{1,4})?([^\\s"'\`,\\\\<>]{12,2000})`,
      'iuy',
    ),
    accept: (secret) => !isPlaceholder(secret) && /\d/u.test(secret),
  },
  {
    id: 'url-credentials',
    type: 'PASSWORD',
    keywords: ['://', ':\\/\\/', '%3a%2f%2f'],
    anywhere: true,
    pattern: /(?::\/\/|:\\\/\\\/|%3A%2F%2F)[^\s:/@"'<>]{0,100}(?::|%3A)([^\s/@"'<>]{1,200}?)(?:@|%40)[A-Za-z0-9[]/iuy,
    accept: (secret) => !isPlaceholder(secret),
  },
  {
    id: 'url-token',
    type: 'TOKEN',
    keywords: ['key=', 'token=', 'sig=', 'signature=', 'secret=', 'password=', 'auth='],
    anywhere: true,
    pattern: /(?:key|token|sig|signature|secret|password|auth)=([^\s&#"'<>\\]{8,2000})/iuy,
    accept: isAssignedSecret,
    goesOn: /[\w%.~+/=-]/u,
  },
  {
    id: 'assignment',
    type: 'PASSWORD',
    keywords: [
      'password',
      'passwd',
      'passphrase',
      'pwd',
      'secret',
      'token',
      'api_key',
      'api-key',
      'apikey',
      'access_key',
      'access-key',
      'accesskey',
      'private_key',
      'private-key',
      'privatekey',
      'auth_key',
      'authkey',
      'accountkey',
      'sharedaccesskey',
      'credential',
    ],
    anywhere: true,
    pattern: ASSIGNED,
    accept: isAssignedSecret,
  },
]
