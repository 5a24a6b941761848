import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { devProject, startDev, type RunningDev } from './dev-process.ts'
import { localConfig, scriptedUpstream, sendAnswer } from './scripted-upstream.ts'

const secret = (prefix: string): string => prefix + randomBytes(30).toString('hex')

/** Secrets of the forms that people paste, each used in one place only, so that a leak names its way out. */
const PLANTED = {
  provider: secret('sk-proj-'),
  bearer: secret('sk-ant-api03-'),
  apiKey: secret('sk-proj-'),
  cookie: secret('ghp_').slice(0, 40),
  query: secret('sk-proj-'),
  path: secret('sk-proj-'),
  model: secret('sk-proj-'),
  user: secret('sk-proj-'),
  project: secret('sk-proj-'),
  tag: secret('sk-proj-'),
  session: secret('sk-proj-'),
  tier: secret('sk-proj-'),
  prompt: secret('sk-proj-'),
  system: secret('sk-ant-api03-'),
  toolArgument: secret('sk-proj-'),
  metadata: secret('sk-proj-'),
  brokenBody: secret('sk-proj-'),
  host: secret('sk-proj-'),
  origin: secret('sk-proj-'),
  answer: secret('sk-proj-'),
  providerError: secret('sk-proj-'),
  environment: secret(''),
} as const

it('lets no planted secret out through output, records or files', async () => {
  const upstream = await scriptedUpstream((request, response) => {
    if (request.body['temperature'] !== 1) return sendAnswer(response, `here it is: ${PLANTED.answer}`)
    response.writeHead(400, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ error: { message: `bad key ${PLANTED.providerError} and ${PLANTED.provider}` } }))
  })
  const project = await devProject(localConfig(upstream.url))
  const env = { LOCAL_KEY: PLANTED.provider, SOME_TOKEN: PLANTED.environment, GATEWAY_DEBUG: '1' }
  const dev = await startDev(project, ['--record', 'all', '--verbose'], { env })
  const answers = await attempts(dev)
  const { stdout, stderr } = await dev.stop()
  await upstream.close()

  expect(answers.map(({ status }) => status)).toEqual([200, 200, 400, 401, 401, 404, 404, 400, 403, 403])
  const kept = await filesOf(project.dir)
  expect(kept).toContain('fx_')
  for (const [place, value] of Object.entries(PLANTED)) {
    const core = value.slice(12, 36)
    expect(stdout.includes(core) || stderr.includes(core), `${place} in the output`).toBe(false)
    expect(kept.includes(core), `${place} in a file`).toBe(false)
  }
  // Errors quote no secret of ours or of the request, not even to the one who sent it.
  const errors = answers.filter(({ status }) => status >= 400 && status !== 404).map(({ text }) => text)
  for (const value of Object.values(PLANTED)) expect(errors.join('\n')).not.toContain(value.slice(12, 36))
  await project.remove()
}, 60_000)

interface Answer {
  readonly status: number
  readonly text: string
}

async function attempts(dev: RunningDev): Promise<readonly Answer[]> {
  const key = { authorization: `Bearer ${dev.key}` }
  const chat = (body: unknown, headers: Record<string, string> = key, path = '/v1/chat/completions'): Promise<Answer> =>
    ask(`${dev.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  const messages = [
    { role: 'system', content: `the key is ${PLANTED.system}` },
    { role: 'user', content: `use ${PLANTED.prompt} and ${PLANTED.environment}` },
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
  const hints = {
    ...key,
    cookie: `session=${PLANTED.cookie}`,
    'x-gateway-user': PLANTED.user,
    'x-gateway-project': PLANTED.project,
    'x-gateway-tags': PLANTED.tag,
    'x-gateway-session': PLANTED.session,
  }
  return [
    await chat(
      { model: 'auto', messages, metadata: { note: PLANTED.metadata } },
      hints,
      `/v1/chat/completions?key=${PLANTED.query}`,
    ),
    await chat({ model: 'auto', messages, stream: false }, hints),
    await chat({ model: 'auto', messages, temperature: 1 }, key),
    await chat({ model: 'auto', messages }, { authorization: `Bearer ${PLANTED.bearer}` }),
    await chat({ model: 'auto', messages }, { 'x-api-key': PLANTED.apiKey }),
    await chat({ model: PLANTED.model, messages }, { ...key, 'x-gateway-tier': PLANTED.tier }),
    await ask(`${dev.url}/${PLANTED.path}`, { headers: key }),
    await chat(`{"model": "${PLANTED.brokenBody}`),
    await raw(dev, `Host: ${PLANTED.host}.example`),
    await ask(`${dev.url}/v1/models`, { headers: { ...key, origin: `https://${PLANTED.origin}.example` } }),
  ]
}

async function ask(url: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(url, init)
  return { status: response.status, text: await response.text() }
}

function raw(dev: RunningDev, host: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(dev.url).port), '127.0.0.1')
    let text = ''
    socket.on('data', (piece) => (text += String(piece)))
    socket.once('end', () => resolve({ status: Number(text.slice(9, 12)), text }))
    socket.once('error', reject)
    socket.write(`GET /v1/models HTTP/1.1\r\n${host}\r\nConnection: close\r\n\r\n`)
  })
}

async function filesOf(dir: string): Promise<string> {
  const names = await readdir(dir, { recursive: true, withFileTypes: true })
  const files = names.filter((entry) => entry.isFile())
  return (await Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8')))).join('\n')
}
