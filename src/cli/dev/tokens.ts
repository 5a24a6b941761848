import { faultText } from '../../auth/jwt-fault.ts'
import { KeyPlaceError, type KeyTrouble } from '../../auth/jwt-key-cache.ts'
import { FLAW_TEXTS, KeySetError } from '../../auth/jwt-keys.ts'
import { createJwtVerifier, type JwtPorts, type JwtVerifier, type PreparedJwt } from '../../auth/jwt-verifier.ts'
import type { AuthPort } from '../../proxy/ports.ts'
import { GatewayError } from '../../wire/errors.ts'
import type { Project } from '../project.ts'
import { jwtSettings } from './jwt-settings.ts'
import { loadKeys } from './load-keys.ts'

export interface TokensSetup {
  readonly groups: JwtPorts['groups']
  /** No host but this machine is asked for keys. */
  readonly offline: boolean
  readonly notice: (text: string) => void
}

export type PreparedTokens = PreparedJwt

/** Whoever checks signed tokens, for as long as the config in force has issuers. */
export interface Tokens {
  /** Null while the config in force names no issuer. */
  port(): AuthPort | null
  /** Reads local key files; fetches nothing. Throws what is wrong with them. */
  prepare(project: Project): Promise<PreparedTokens>
  /** Puts what was prepared in force. */
  use(prepared: PreparedTokens): void
}

/** A flood of bad tokens must not become a flood of lines. */
const SAME_NOTICE_MS = 60_000

export function openTokens({ groups, offline, notice }: TokensSetup): Tokens {
  const said = new Map<string, number>()
  const verifier = createJwtVerifier({
    loadKeys: (place) => loadKeys(place, offline),
    groups,
    onKeyTrouble: (issuer, trouble) => notice(troubleText(issuer, trouble)),
    onRefused(issuer, fault, now) {
      const text = `a token ${issuer === null ? '' : `of issuer "${issuer}" `}was refused: ${faultText(fault)}`
      if (now - (said.get(text) ?? -Infinity) < SAME_NOTICE_MS) return
      said.set(text, now)
      notice(text)
    },
  })
  let active = false
  return {
    port: () => (active ? verifier : null),
    prepare: (project) => prepared(project, verifier),
    use(next) {
      verifier.use(next)
      active = next.issuers.size > 0
    },
  }
}

async function prepared(project: Project, verifier: JwtVerifier): Promise<PreparedTokens> {
  try {
    return await verifier.prepare(jwtSettings(project), Date.now())
  } catch (error) {
    if (!(error instanceof KeyPlaceError)) throw error
    throw new GatewayError('config_bad_value', `${placeText(error)} can not be used: ${whyText(error.cause)}`, {
      hint: 'give the public keys of the issuer: a JSON Web Key Set, or PEM blocks that begin with `BEGIN PUBLIC KEY`',
      cause: error.cause,
    })
  }
}

function placeText({ issuer: { name, keys } }: KeyPlaceError): string {
  return keys.kind === 'file' ? `the keys file "${keys.path}" of issuer "${name}"` : `the key set of issuer "${name}"`
}

function troubleText(issuer: string, trouble: KeyTrouble): string {
  if (trouble.kind === 'flaws') {
    const flaws = [...new Set(trouble.flaws)].map((flaw) => FLAW_TEXTS[flaw]).join('; ')
    return `keys of issuer "${issuer}" are left out: its set holds ${flaws}`
  }
  const next = trouble.held ? 'the ones from before are used for a limited time' : 'its tokens are refused'
  return `no keys of issuer "${issuer}", ${next}: ${whyText(trouble.cause)}`
}

/** Network errors name the host alone; of files, the system's code is enough. */
function whyText(cause: unknown): string {
  if (cause instanceof KeySetError || cause instanceof GatewayError) return cause.message
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
}
