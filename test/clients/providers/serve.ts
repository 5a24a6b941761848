import { setTimeout as delay } from 'node:timers/promises'
import { scriptedUpstream, type Script, type ScriptedUpstream } from '../../e2e/scripted-upstream.ts'
import { BUSY, MODELS, REFUSED, SCENES, type Dialect } from './scenes.ts'

/** What the provider says when it refuses. */
export const REFUSAL = 'this provider takes no such request'
/** What it says when it is asked too often, and for how long. */
export const LIMITED = 'this provider is asked too often'
export const WAIT_MS = 50
const PLAIN = { texts: ['and now it is there'], calls: [] }
/** Between two pieces of the stream that does not end. */
const PIECE_MS = 20

/** A provider on this machine that speaks one format and does what the name of the model says. */
export function serveScenes(spoken: Dialect): Promise<ScriptedUpstream> {
  let busy = false
  const script: Script = async ({ path, body }, response) => {
    const dialect = spoken.at?.(path) ?? spoken
    const { model, stream } = dialect.asked(path, body)
    const scene = SCENES[model]
    if (model === REFUSED) {
      response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify(dialect.refusal(REFUSAL)))
    } else if (model === BUSY) {
      busy = !busy
      if (busy) {
        const wait = { 'retry-after-ms': String(WAIT_MS) }
        response
          .writeHead(429, { 'content-type': 'application/json', ...wait })
          .end(JSON.stringify(dialect.limited(LIMITED)))
      } else {
        response.writeHead(200, { 'content-type': stream ? 'text/event-stream' : 'application/json' })
        response.end(stream ? dialect.stream(PLAIN).join('') : JSON.stringify(dialect.whole(PLAIN)))
      }
    } else if (scene === undefined) {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (const event of dialect.start()) response.write(event)
      while (!response.destroyed) {
        for (const event of dialect.text('and on ')) response.write(event)
        await delay(PIECE_MS)
      }
    } else if (stream) {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(dialect.stream(scene).join(''))
    } else {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(dialect.whole(scene)))
    }
  }
  return scriptedUpstream(script)
}

/** A config that serves every scene from that provider. */
export function scenesConfig(dialect: Dialect, url: string): string {
  const base = url.replace(/\/v1$/, dialect.base)
  const facts = 'tier: standard, context_window: 64k, modalities: [text, image], price: { input: 1, output: 2 }'
  return `version: 1
providers:
  local: { kind: ${dialect.kind}, base_url: "${base}", api_keys: ["\${LOCAL_KEY}"] }
failover: { max_attempts: 1 }
models:
${MODELS.map((name) => `  ${name}: { provider: local, ${facts} }`).join('\n')}
`
}
