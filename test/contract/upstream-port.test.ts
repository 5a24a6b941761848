import type { UpstreamPort } from '../../src/pipeline/ports.ts'
import { ChaosUpstream } from '../../src/upstream/chaos.ts'
import { OpenAiUpstream } from '../../src/upstream/openai.ts'
import type { RecordedLookup } from '../../src/upstream/ports.ts'
import { RecordedUpstream } from '../../src/upstream/recorded.ts'
import { createUpstream } from '../../src/upstream/registry.ts'
import { realSleep } from '../../src/upstream/sleep.ts'
import { SimulatedUpstream } from '../../src/upstream/simulated/simulated.ts'
import {
  delta,
  events,
  realClock,
  ROLE,
  scriptedServer,
  sendJson,
  settings,
  startStream,
  STOP,
  wholeAnswer,
  type Script,
} from '../unit/upstream/support.ts'
import { PROVIDERS, type ProviderScript } from '../unit/upstream/provider-formats.ts'
import { describeUpstreamPort, type OpenedUpstream } from './upstream-port.ts'

/** Streams slowly, so that a client can leave in the middle. */
const provider: Script = async (response, { body }) => {
  if (body['stream'] !== true) return sendJson(response, 200, wholeAnswer('one two three '))
  startStream(response)
  response.write(events(ROLE))
  for (const word of ['one ', 'two ', 'three ']) {
    response.write(events(delta({ content: word })))
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  response.end(events(STOP, '[DONE]'))
}

const lookup: RecordedLookup = {
  find: () => ({
    kind: 'hit',
    id: 'fx_1',
    answer: { id: 'c', model: 'm', blocks: [{ kind: 'text', text: 'one two three ' }], finish: 'stop', usage: null },
    firstTokenMs: 5,
    totalMs: 40,
    chunks: { atMs: [5, 20, 40], length: [4, 4, 6] },
  }),
}

function alone(port: UpstreamPort): Promise<OpenedUpstream> {
  return Promise.resolve({ port, close: () => port.close() })
}

/** Any provider, streaming as slowly. */
function slowly(one: ProviderScript): Script {
  return async (response, { body, path }) => {
    if (body['stream'] !== true && !path.includes('stream')) return sendJson(response, 200, one.whole('one two three '))
    startStream(response)
    response.write(one.start)
    for (const word of ['one ', 'two ', 'three ']) {
      response.write(one.text(word))
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    response.end(one.stop)
  }
}

function withProvider(make: (baseUrl: string) => UpstreamPort): Promise<OpenedUpstream> {
  return withScript(provider, make)
}

async function withScript(script: Script, make: (baseUrl: string) => UpstreamPort): Promise<OpenedUpstream> {
  const server = await scriptedServer(script)
  const port = make(server.baseUrl)
  return {
    port,
    close: async () => {
      await port.close()
      await server.close()
    },
  }
}

const simulated = (): UpstreamPort => new SimulatedUpstream({ seed: 1, speed: 50, sleep: realSleep })

describeUpstreamPort('OpenAI', () =>
  withProvider((baseUrl) => new OpenAiUpstream(settings(baseUrl), { clock: realClock })),
)
for (const one of PROVIDERS) {
  describeUpstreamPort(`${one.kind} for clients of another format`, () =>
    withScript(slowly(one), (baseUrl) => one.open(settings(baseUrl, { kind: one.kind }), { clock: realClock })),
  )
}
describeUpstreamPort('registry', () =>
  withProvider((baseUrl) => createUpstream([settings(baseUrl, { maxConcurrency: 1 })], { clock: realClock, seed: 1 })),
)
describeUpstreamPort('simulated', () => alone(simulated()))
describeUpstreamPort('recorded', () => alone(new RecordedUpstream({ lookup, streamSpeed: 1, sleep: realSleep })))
describeUpstreamPort('chaos that hits nothing', () =>
  alone(new ChaosUpstream(simulated(), { rules: [], seed: 1, sleep: realSleep })),
)
