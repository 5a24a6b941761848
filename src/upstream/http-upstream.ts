import type {
  RefusedCredential,
  UpstreamCall,
  UpstreamFailure,
  UpstreamPort,
  UpstreamResult,
} from '../pipeline/ports.ts'
import { GatewayError } from '../wire/errors.ts'
import { AttemptTimer, type AttemptLimits } from './attempt-timer.ts'
import { BlockedAddressError } from './address-guard.ts'
import { Connection, wasNeverSent } from './connection.ts'
import { CredentialPool, type Credential } from './credentials.ts'
import { failed } from './failure.ts'
import { describeNetworkError, isProtocolError } from './network-error.ts'
import type { HttpAnswer } from './incoming-answer.ts'
import type { AdapterPorts, ProviderSettings } from './ports.ts'
import type { OutboundRequest, ProviderFormat } from './provider-format.ts'
import { readAnswer } from './read-answer.ts'
import { scrubMessage } from './scrub.ts'
import { asStreamError } from './stream-parts.ts'
import { UpstreamStreamError } from '../engine/upstream-error.ts'

/** What a credential may be set aside for. */
type CredentialFailure = 'rate_limited' | 'auth' | 'quota'

/** One try with one key. */
interface Sending {
  readonly credential: Credential
  readonly request: OutboundRequest
  /** The body as JSON. */
  readonly text: string
  readonly leftMs: number
}

/** Calls one provider over HTTP, in whatever format it speaks. */
export class HttpUpstream implements UpstreamPort {
  readonly mode = 'live'
  readonly #settings: ProviderSettings
  readonly #format: ProviderFormat
  readonly #credentials: CredentialPool
  readonly #connection: Connection
  readonly #ports: AdapterPorts

  constructor(settings: ProviderSettings, ports: AdapterPorts, format: ProviderFormat) {
    this.#settings = settings
    this.#ports = ports
    this.#format = format
    this.#credentials = new CredentialPool(settings.name, settings.apiKeys, ports)
    this.#connection = new Connection({
      baseUrl: settings.baseUrl,
      connectMs: settings.timeouts.connectMs,
      connections: settings.maxConcurrency,
      addresses: 'configured',
    })
  }

  async call(call: UpstreamCall): Promise<UpstreamResult> {
    const request = this.#outbound(call)
    if ('kind' in request) return request
    const text = JSON.stringify(request.body)
    const startedAt = this.#ports.clock.monotonic()
    let last: UpstreamResult | null = null
    const refused: RefusedCredential[] = []
    for (const credential of this.#credentials.candidates()) {
      const leftMs = call.firstTokenWithinMs - (this.#ports.clock.monotonic() - startedAt)
      if (last !== null && (leftMs <= 0 || call.signal.aborted)) break
      last = withRefused(await this.#attempt(call, { credential, request, text, leftMs }), refused)
      const reason = last.kind === 'failed' ? credentialFailure(last) : null
      if (last.kind !== 'failed' || reason === null) return last
      this.#credentials.pause(credential, reason, last.retryAfterMs)
      refused.push({ failure: last.failure, status: last.status })
    }
    return last ?? failed({ failure: 'auth', message: 'there is no credential to try' })
  }

  close(): Promise<void> {
    return this.#connection.close()
  }

  async #attempt(call: UpstreamCall, one: Sending): Promise<UpstreamResult> {
    const limits = this.#limits(call, one.leftMs)
    const timer = new AttemptTimer(call.signal, limits)
    try {
      const response = await this.#send(call, one, timer)
      return await readAnswer(response, {
        timer,
        limits,
        stream: call.request.stream,
        format: call.request.format,
        reader: this.#format.reader(call),
        droppedParams: one.request.droppedParams,
        now: this.#ports.clock.now(),
        scrub: (message) => scrubMessage(message, this.#credentials.secrets, this.#ports.redact),
      })
    } catch (error) {
      timer.stop()
      return thrown(error, { timer, limits })
    }
  }

  /** A request that this provider can not take is refused as the provider itself would. */
  #outbound(call: UpstreamCall): OutboundRequest | UpstreamFailure {
    try {
      const request = this.#format.request(call)
      return call.strictParams ? strictly(request) : request
    } catch (error) {
      if (error instanceof GatewayError) return failed({ failure: 'bad_request', message: error.message })
      throw error
    }
  }

  #send(call: UpstreamCall, { credential, request, text }: Sending, timer: AttemptTimer): Promise<HttpAnswer> {
    const key = credential.secret === null ? null : this.#format.credential(credential.secret)
    return this.#connection.request({
      method: 'POST',
      path: request.path,
      headers: Object.assign(outboundHeaders(call), request.headers, key),
      body: text,
      signal: timer.signal,
    })
  }

  #limits(call: UpstreamCall, leftMs: number): AttemptLimits {
    const { firstTokenMs, idleMs, totalMs } = this.#settings.timeouts
    // A whole answer has no first token apart from its last, so only the deadline and the total bound it.
    const first = call.request.stream ? Math.min(leftMs, firstTokenMs) : leftMs
    return { firstTokenMs: first, idleMs, totalMs }
  }
}

/** All headers that ever leave beside those of the format: nothing else of the client's request is among them. */
function outboundHeaders(call: UpstreamCall): Record<string, string> {
  return {
    'content-type': 'application/json',
    accept: call.request.stream ? 'text/event-stream' : 'application/json',
    // undici does not decompress, and a stream should not be held back by a compressor.
    'accept-encoding': 'identity',
    'user-agent': 'gateway',
    'x-client-request-id': call.requestId,
  }
}

function withRefused(result: UpstreamResult, refused: readonly RefusedCredential[]): UpstreamResult {
  if (refused.length === 0 || result.kind === 'missing') return result
  return { ...result, refusedCredentials: [...refused] }
}

function credentialFailure({ failure }: UpstreamFailure): CredentialFailure | null {
  return failure === 'rate_limited' || failure === 'auth' || failure === 'quota' ? failure : null
}

/** A failure before the answer could be read. What was never sent can not be billed. */
function thrown(error: unknown, at: { timer: AttemptTimer; limits: AttemptLimits }): UpstreamFailure {
  const failure = failureOf(error, at)
  return wasNeverSent(error) ? { ...failure, uncalled: true } : failure
}

function failureOf(error: unknown, at: { timer: AttemptTimer; limits: AttemptLimits }): UpstreamFailure {
  if (at.timer.cause !== null || error instanceof UpstreamStreamError) {
    const known = asStreamError(error, at)
    if (known instanceof UpstreamStreamError) return failed({ failure: known.failure, message: known.message })
  }
  if (isProtocolError(error))
    return failed({ failure: 'malformed', message: 'the provider did not answer in valid HTTP' })
  if (error instanceof BlockedAddressError) return failed({ failure: 'connect', message: error.message })
  return failed({ failure: 'connect', message: describeNetworkError(error) })
}

/** Thoughts of earlier turns that only their own provider can read are history, not a wish of the client. */
const HISTORY: ReadonlySet<string> = new Set([
  'messages.thinking',
  'messages.reasoning_content',
  'contents.thought',
  'input.reasoning',
])

/** Under `strict_params` a parameter is never left out: the next provider may have a place for it. */
function strictly(request: OutboundRequest): OutboundRequest | UpstreamFailure {
  const left = request.droppedParams.filter((name) => !HISTORY.has(name))
  if (left.length === 0) return request
  const message = `no planned provider takes ${left.join(', ')}, and \`strict_params\` is on`
  return failed({ failure: 'parameter_unsupported', message })
}
