import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { DEVELOPMENT_PRINCIPAL } from '../../auth/authenticator.ts'
import type { Rights } from '../../engine/decision.ts'
import { closestNames } from '../../engine/eligibility/closest-names.ts'
import { EMPTY_STATE, type StateSnapshot } from '../../engine/state.ts'
import type { CanonicalRequest } from '../../wire/canonical.ts'
import { GatewayError } from '../../wire/errors.ts'
import { isJsonObject } from '../../wire/json.ts'
import { parseChatRequest } from '../../wire/openai-chat/parse-request.ts'
import type { Asked } from '../../engine/decision.ts'
import type { RouteOptions } from './options.ts'

/** A request with all that `decide()` wants to know about who sent it and when. */
export interface RouteRequest {
  readonly request: CanonicalRequest
  readonly asked: Asked
  readonly rights: Rights
  readonly state: StateSnapshot
  /** Identity for the roll. */
  readonly exchangeId: string
  /** Recorded seed and time; undefined when the command line decides. */
  readonly seed?: number
  readonly now?: number
}

/** Identity of a request that was typed: with one seed, the same prompt has the same draw every time. */
const TYPED_EXCHANGE = 'route'

/** Reads the request from exactly one of argument, file, fixture and standard input. */
export async function readRequest(
  cwd: string,
  prompt: string | undefined,
  options: Pick<RouteOptions, 'file' | 'fixture' | 'model'>,
): Promise<RouteRequest> {
  const sources = [prompt, options.file, options.fixture].filter((source) => source !== undefined)
  if (sources.length === 0)
    throw new GatewayError('usage_error', 'there is nothing to route', {
      hint: 'give a prompt in quotes, --file, --fixture <file#id>, or - with a chat body on standard input',
    })
  if (sources.length > 1)
    throw new GatewayError('usage_error', 'prompt, --file and --fixture exclude each other', {
      hint: 'give one of them',
    })
  if (options.fixture !== undefined) return readFixture(cwd, options.fixture)
  if (options.file !== undefined)
    return fromText(readText(cwd, options.file), { asBody: 'if-it-is', model: options.model })
  if (prompt === '-') return fromText(readText(cwd, 0), { asBody: 'always', model: options.model })
  return fromText(prompt ?? '', { asBody: 'never', model: options.model })
}

interface Reading {
  readonly asBody: 'always' | 'if-it-is' | 'never'
  readonly model: string | undefined
}

/** A chat body when it is one, else the text as the only user message. */
function fromText(text: string, { asBody, model }: Reading): RouteRequest {
  const body = asBody === 'never' ? null : parseBody(text, asBody)
  return fromBody(body ?? { messages: [{ role: 'user', content: text }] }, model)
}

/** A chat body, asking for `model` when given, else for the model in the body, else for `auto`. */
export function fromBody(body: Readonly<Record<string, unknown>>, model: string | undefined): RouteRequest {
  const request = parseChatRequest({ ...body, model: model ?? body['model'] ?? 'auto' })
  return {
    request,
    asked: { model: request.model, endpoint: 'chat', stream: request.stream, hints: { tags: [] } },
    rights: DEVELOPMENT_PRINCIPAL.rights,
    state: EMPTY_STATE,
    exchangeId: TYPED_EXCHANGE,
  }
}

function parseBody(text: string, asBody: 'always' | 'if-it-is'): Readonly<Record<string, unknown>> | null {
  const value = parseJson(text)
  if (isJsonObject(value) && (asBody === 'always' || Array.isArray(value['messages']))) return value
  if (asBody === 'if-it-is') return null
  throw new GatewayError('usage_error', 'standard input is no chat body: it must be a JSON object with `messages`', {
    hint: 'to route plain text, give it as an argument or with --file',
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Plain text is no mistake; whoever needs JSON says what is missing.
    return undefined
  }
}

function readText(cwd: string, file: string | 0): string {
  try {
    return readFileSync(file === 0 ? 0 : resolve(cwd, file), 'utf8')
  } catch (cause) {
    const name = file === 0 ? 'standard input' : `"${file}"`
    throw new GatewayError('usage_error', `${name} can not be read`, { cause })
  }
}

async function readFixture(cwd: string, reference: string): Promise<RouteRequest> {
  const { readFixtures } = await import('../../replay/fixtures/reader.ts')
  const { findFixtureFiles } = await import('../../replay/fixtures/locate.ts')
  const { arrivalOf } = await import('../../replay/fixtures/incoming.ts')
  const hash = reference.lastIndexOf('#')
  const id = hash < 0 ? undefined : reference.slice(hash + 1)
  const seen: string[] = []
  for (const file of findFixtureFiles([hash < 0 ? reference : reference.slice(0, hash)], cwd)) {
    for await (const event of readFixtures(file)) {
      if (event.kind !== 'fixture') continue
      seen.push(event.fixture.id)
      if (id !== undefined && event.fixture.id !== id) continue
      const { incoming, state, now } = arrivalOf(event.fixture)
      const { request, asked, rights, exchangeId } = incoming
      const seed = event.fixture.ctx.seed
      return { request, asked, rights, state, exchangeId, now, ...(seed === undefined ? {} : { seed }) }
    }
  }
  throw noSuchFixture(reference, closestNames(id ?? '', seen))
}

function noSuchFixture(reference: string, closest: readonly string[]): GatewayError {
  const hint = closest.length === 0 ? '' : `did you mean ${closest.map((id) => `"${id}"`).join(', ')}?`
  return new GatewayError('fixture_not_found', `there is no fixture "${reference}"`, hint === '' ? {} : { hint })
}
