import { afterEach } from 'vitest'
import { DEVELOPMENT_PRINCIPAL } from '../../../src/auth/authenticator.ts'
import type { Rights } from '../../../src/engine/decision.ts'
import type { AuthPort, Principal } from '../../../src/proxy/ports.ts'
import type { ProxyOptions } from '../../../src/proxy/server.ts'
import { chatBody, chatHeaders, openProxy, TEST_KEY, type TestProxy } from './test-proxy.ts'

const opened: TestProxy[] = []
// Whatever a test has opened is closed after it.
afterEach(async () => {
  for (const { proxy } of opened.splice(0)) await proxy.close(0)
})

export interface PrincipalSpec extends Partial<Omit<Principal, 'rights'>> {
  readonly rights?: Partial<Rights>
}

/** What a key may do that is limited by nothing but what the test says. */
export function principal({ rights, ...rest }: PrincipalSpec): Principal {
  return { ...DEVELOPMENT_PRINCIPAL, ...rest, rights: { ...DEVELOPMENT_PRINCIPAL.rights, ...rights } }
}

export function authOf(spec: PrincipalSpec): AuthPort {
  return { authenticate: (secret) => (secret === TEST_KEY ? principal(spec) : null) }
}

/** A real server that knows nobody but through this port. */
export async function open(auth: AuthPort, options: Partial<ProxyOptions> = {}): Promise<TestProxy> {
  const proxy = await openProxy(undefined, { auth, ...options })
  opened.push(proxy)
  return proxy
}

export interface Answer {
  readonly status: number
  readonly code: string | undefined
  readonly param: string | null | undefined
  readonly text: string
}

export async function chat(
  { url }: TestProxy,
  headers: Readonly<Record<string, string>> = {},
  body: Readonly<Record<string, unknown>> = {},
): Promise<Answer> {
  return ask(url, '/v1/chat/completions', { method: 'POST', headers: chatHeaders(headers), body: chatBody(body) })
}

export async function ask(url: string, path: string, init: RequestInit = { headers: chatHeaders() }): Promise<Answer> {
  const response = await fetch(`${url}${path}`, init)
  const text = await response.text()
  const { error }: { error?: { code: string; param: string | null } } = text === '' ? {} : JSON.parse(text)
  return { status: response.status, code: error?.code, param: error?.param, text }
}
