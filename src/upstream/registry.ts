import type { UpstreamCall, UpstreamPort, UpstreamResult } from '../pipeline/ports.ts'
import { AnthropicUpstream } from './anthropic.ts'
import { ConcurrencyLimit } from './concurrency.ts'
import { failed } from './failure.ts'
import { GeminiUpstream } from './gemini.ts'
import { OpenAiUpstream } from './openai.ts'
import type { AdapterPorts, ProviderSettings, Sleep, AnswerLookup } from './ports.ts'
import { SimulatedUpstream } from './simulated/simulated.ts'
import { realSleep } from './sleep.ts'

export interface UpstreamOptions extends AdapterPorts {
  /** Seed of the simulated providers. */
  readonly seed: number
  /** Speed of the simulated providers; 0 is at once. Default 1. */
  readonly streamSpeed?: number
  /** Answers that simulated providers know. */
  readonly answers?: AnswerLookup
  /** Default: real time. */
  readonly sleep?: Sleep
}

/** One port over all configured providers. Nothing is connected or loaded before the first call needs it. */
export function createUpstream(settings: readonly ProviderSettings[], options: UpstreamOptions): UpstreamPort {
  const adapters = new Map<string, UpstreamPort>()
  for (const provider of settings) {
    const adapter = createAdapter(provider, options)
    adapters.set(provider.name, new ConcurrencyLimit(adapter, provider.maxConcurrency, options.clock))
  }
  const allSimulated = settings.length > 0 && settings.every(({ kind }) => kind === 'simulated')
  return new Registry(adapters, allSimulated ? 'simulated' : 'live')
}

function createAdapter(provider: ProviderSettings, options: UpstreamOptions): UpstreamPort {
  switch (provider.kind) {
    case 'openai':
    case 'openai-compatible':
      return new OpenAiUpstream(provider, options)
    case 'simulated':
      return new SimulatedUpstream({
        seed: options.seed,
        speed: options.streamSpeed ?? 1,
        sleep: options.sleep ?? realSleep,
        ...(options.answers === undefined ? {} : { lookup: options.answers }),
      })
    case 'anthropic':
      return chatOnly(new AnthropicUpstream(provider, options))
    case 'gemini':
      return new GeminiUpstream(provider, options)
  }
}

/** A format without embeddings. */
function chatOnly(adapter: UpstreamPort): UpstreamPort {
  return {
    mode: adapter.mode,
    call: (call) => {
      if (call.request.embeddings === undefined) return adapter.call(call)
      const message = `provider "${call.target.provider}" is not asked for embeddings: its format has no translation`
      return Promise.resolve(failed({ failure: 'not_found', message }))
    },
    close: () => adapter.close(),
  }
}

class Registry implements UpstreamPort {
  readonly mode: UpstreamPort['mode']
  readonly #adapters: ReadonlyMap<string, UpstreamPort>

  constructor(adapters: ReadonlyMap<string, UpstreamPort>, mode: UpstreamPort['mode']) {
    this.#adapters = adapters
    this.mode = mode
  }

  async call(call: UpstreamCall): Promise<UpstreamResult> {
    const adapter = this.#adapters.get(call.target.provider)
    if (adapter !== undefined) return adapter.call(call)
    const message = `provider "${call.target.provider}" can not be called: it is not configured`
    return failed({ failure: 'not_found', message })
  }

  async close(): Promise<void> {
    await Promise.all([...this.#adapters.values()].map((adapter) => adapter.close()))
  }
}
