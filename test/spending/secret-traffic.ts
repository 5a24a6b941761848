import { connect } from 'node:net'
import { isJsonObject, type JsonValue } from '../../src/wire/json.ts'
import type { RunningServer } from '../e2e/dev-process.ts'
import type { Script } from '../e2e/scripted-upstream.ts'
import { chunk, sendAnswer, sendStream } from '../e2e/scripted-upstream.ts'
import { PLANTED, PROSE } from './planted.ts'

/** What a client got, as far as nobody's answer is meant to be in it. */
export interface Told {
  readonly status: number
  /** Headers, the bodies of errors, and of answers the decision record alone. */
  readonly text: string
}

/** What it quotes of a prompt. */
const QUOTES: readonly string[] = [
  PLANTED.providerError,
  PLANTED.prompt,
  PLANTED.environment,
  PLANTED.promptToken,
  `"password: ${PLANTED.promptPassword}"`,
  PLANTED.promptAws,
  `https://bob:${PLANTED.promptUrl}@db.example/x`,
  PLANTED.promptPrivateKey,
  PLANTED.toolArgument,
  PLANTED.secondProviderKey,
]

/** A provider that answers with a secret, quotes ours in its errors, and breaks off in the middle. */
export const indiscreet: Script = (request, response) => {
  const { seed, stream } = request.body
  if (typeof seed === 'number') {
    response.writeHead(400, { 'content-type': 'application/json', 'x-quoted': PLANTED.providerError })
    const quoted = QUOTES[seed] ?? `${String(request.headers.authorization)}: ${JSON.stringify(request.body)}`
    return void response.end(JSON.stringify({ error: { message: `can not take ${quoted}`, type: 'invalid' } }))
  }
  if (stream !== true) return sendAnswer(response, `here it is: ${PLANTED.answer}`)
  sendStream(response, [chunk({ role: 'assistant', content: `here it is: ${PLANTED.answer}` })])
  setTimeout(() => response.destroy(), 20)
}

/** Keys of the gateway, in every state that they can be in. */
export interface GatewayKeys {
  readonly active: string
  /** In its grace after a rotation. */
  readonly rotatedOut: string
  readonly rotatedIn: string
  readonly revoked: string
  readonly admin: string
  /** Bound to a budget of nothing. */
  readonly poor: string
  /** Bound to a rate limit that the first request uses up. */
  readonly slow: string
}

const messages: readonly JsonValue[] = [
  { role: 'system', content: `the key is ${PLANTED.system}` },
  {
    role: 'user',
    content: [
      `read ${PROSE}; use ${PLANTED.prompt} and ${PLANTED.environment},`,
      `token ${PLANTED.promptToken}, password: ${PLANTED.promptPassword}, AWS ${PLANTED.promptAws},`,
      `https://bob:${PLANTED.promptUrl}@db.example/x\n${PLANTED.promptPrivateKey}`,
    ].join('\n'),
  },
  {
    role: 'assistant',
    content: null,
    tool_calls: [
      {
        id: 'c1',
        type: 'function',
        function: { name: 'run', arguments: JSON.stringify({ key: PLANTED.toolArgument }) },
      },
    ],
  },
  { role: 'tool', tool_call_id: 'c1', content: 'done' },
]

const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` })

/** Everything that clients do to a proxy, well and badly, with a secret wherever one fits. */
export async function traffic(server: Pick<RunningServer, 'url'>, keys: GatewayKeys): Promise<readonly Told[]> {
  const { url } = server
  const post = (path: string, body: unknown, headers: Record<string, string> = bearer(keys.active)): Promise<Told> =>
    ask(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  const chat = (more: object = {}, headers?: Record<string, string>): Promise<Told> =>
    post('/v1/chat/completions', { model: 'auto', messages, ...more }, headers)
  const hints = {
    cookie: `session=${PLANTED.cookie}`,
    'x-gateway-user': PLANTED.user,
    'x-gateway-project': PLANTED.project,
    'x-gateway-tags': `night,${PLANTED.tag}`,
    'x-gateway-session': PLANTED.session,
    'x-gateway-explain': '1',
  }
  const told = [
    await chat({ metadata: { note: PLANTED.metadata } }, { ...bearer(keys.active), ...hints }),
    await chat({ user: PLANTED.bodyUser }, bearer(keys.rotatedOut)),
    await chat({ [PLANTED.parameterName]: PLANTED.parameterValue }, bearer(keys.rotatedIn)),
    await chat({ stream: true }),
    ...(await Promise.all([...QUOTES.keys(), 99].map((seed) => chat({ seed })))),
    await chat({}, bearer(keys.revoked)),
    await chat({}, bearer(keys.poor)),
    await chat({}, bearer(keys.slow)),
    await chat({}, bearer(keys.slow)),
    await chat({}, bearer(PLANTED.bearer)),
    await chat({}, bearer(PLANTED.foreignToken)),
    await chat({}, { 'x-api-key': PLANTED.apiKeyHeader }),
    await chat({}, { 'x-goog-api-key': PLANTED.googleHeader }),
    await chat({}, { ...bearer(keys.active), 'x-api-key': keys.admin }),
    await chat({ model: PLANTED.model }),
    await chat({}, { ...bearer(keys.active), 'x-gateway-tier': PLANTED.tier }),
    await chat({}, { ...bearer(keys.active), 'x-gateway-policy': PLANTED.policy }),
    await chat({}, { ...bearer(keys.active), 'x-gateway-alias': PLANTED.alias }),
    await chat({ temperature: PLANTED.parameterValue, max_tokens: PLANTED.parameterValue }),
    await chat({ reasoning_effort: PLANTED.parameterValue, response_format: { type: PLANTED.parameterValue } }),
    await chat({ tool_choice: { type: 'function', function: { name: PLANTED.toolName } } }),
    await chat({ messages: [...messages, { role: 'user', content: `break it here with ${PLANTED.brokenInside}` }] }),
    await post('/v1/messages', { model: 'auto', max_tokens: PLANTED.parameterValue, messages: [] }),
    await post(`/v1beta/models/${PLANTED.geminiModel}:generateContent`, { contents: [] }),
    await post(`/v1/chat/completions?key=${PLANTED.query}`, { model: 'auto', messages }, {}),
    await post('/v1/chat/completions', `{"model": "${PLANTED.brokenBody}`),
    await ask(`${url}/${PLANTED.path}`, { headers: bearer(keys.active) }),
    await ask(`${url}/gateway/keys`, { headers: bearer(keys.admin) }),
    await ask(`${url}/gateway/spend?by=user,tag,key&user=${PLANTED.user}`, { headers: bearer(keys.admin) }),
    await ask(`${url}/v1/models`, { headers: { ...bearer(keys.active), origin: `https://${PLANTED.origin}.example` } }),
    await raw(url, `GET /v1/models HTTP/1.1\r\nHost: ${PLANTED.host}.example`),
    await raw(url, `GET http://bob:${PLANTED.targetUserinfo}@${new URL(url).host}/v1/models HTTP/1.1\r\nHost: x`),
  ]
  await leaveEarly(url, keys.active)
  return told
}

async function ask(url: string, init: RequestInit): Promise<Told> {
  const response = await fetch(url, init)
  const body = await response.text().catch(() => 'cut')
  const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n')
  return { status: response.status, text: `${headers}\n\n${response.status === 200 ? recordIn(url, body) : body}` }
}

/** The decision record beside an answer; what administrators read is all ours. */
function recordIn(url: string, body: string): string {
  if (url.includes('/gateway/')) return body
  const parsed: JsonValue = body.startsWith('{') ? JSON.parse(body) : null
  return isJsonObject(parsed) ? JSON.stringify(parsed['gateway'] ?? '') : ''
}

function raw(url: string, head: string): Promise<Told> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    let text = ''
    socket.on('data', (piece) => (text += String(piece)))
    socket.once('close', () => resolve({ status: Number(text.slice(9, 12)), text }))
    socket.once('error', reject)
    socket.write(`${head}\r\nConnection: close\r\n\r\n`)
  })
}

/** A client that is gone before its answer is. */
async function leaveEarly(url: string, key: string): Promise<void> {
  const left = new AbortController()
  const body = JSON.stringify({ model: 'auto', stream: true, messages })
  const headers = { 'content-type': 'application/json', ...bearer(key) }
  try {
    const response = await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body, signal: left.signal })
    left.abort()
    await response.text()
  } catch {
    // As meant.
  }
}
