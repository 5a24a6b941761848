/**
 * Every error a user can meet, in one table: HTTP status, OpenAI error type, shell exit code and a sentence for the
 * documentation. HTTP bodies, command-line errors and records all use these codes.
 */
export interface ErrorFace {
  /** HTTP status; 0 for codes that never reach an HTTP client. */
  readonly status: number
  /** `error.type` of the OpenAI error body. */
  readonly type: string
  readonly exitCode: number
  /** What it means and what to do, one sentence, for the README. */
  readonly meaning: string
}

const usage = (meaning: string): ErrorFace => ({ status: 0, type: 'usage', exitCode: 2, meaning })
const http = (status: number, type: string, meaning: string): ErrorFace => ({ status, type, exitCode: 3, meaning })

export const ERROR_FACES = {
  // HTTP refusals
  invalid_api_key: http(
    401,
    'invalid_request_error',
    'no key, or one that this proxy does not take; use the key that `gateway dev` printed, or make one with `gateway keys create`',
  ),
  forbidden_origin: http(403, 'permission_error', 'the `Host` or `Origin` header is not on the list of this proxy'),
  unsupported_media_type: http(415, 'invalid_request_error', 'the body must be uncompressed `application/json`'),
  model_not_allowed: http(403, 'permission_error', 'the key may not use this model, tier or policy'),
  endpoint_not_allowed: http(
    403,
    'permission_error',
    'the key may not use this endpoint; the error lists those it may',
  ),
  hint_not_allowed: http(
    403,
    'permission_error',
    'the key may not send this `x-gateway-…` header, or not with this value; `param` names it',
  ),
  admin_required: http(
    403,
    'permission_error',
    'paths below `/gateway` need a key made with `gateway keys create --admin`',
  ),
  model_not_found: http(404, 'invalid_request_error', 'no model, alias, policy or tier has this name'),
  not_found: http(404, 'invalid_request_error', 'no such path'),
  method_not_allowed: http(405, 'invalid_request_error', 'the path exists, but not for this method'),
  invalid_request_error: http(
    400,
    'invalid_request_error',
    'the body is not valid JSON or a field has the wrong type; `param` names it',
  ),
  unsupported_parameter: http(
    400,
    'invalid_request_error',
    'the parameter can not be honoured: it needs state that is not kept here, or `strict_params` is on and the provider has no place for it',
  ),
  request_too_large: http(413, 'invalid_request_error', 'the body is larger than the limit that the message states'),
  header_too_large: http(431, 'invalid_request_error', 'the headers are larger than the limit'),
  request_timeout: http(408, 'invalid_request_error', 'the client took too long to send its request'),
  no_capable_model: http(
    422,
    'invalid_request_error',
    'every model was rejected; the error lists each with its reason',
  ),
  guardrail_blocked: http(
    400,
    'invalid_request_error',
    'a guardrail refused the prompt; the error names stage and rule',
  ),
  rate_limit_exceeded: http(429, 'rate_limit_error', 'a rate limit of the key is reached; wait for `Retry-After`'),
  budget_exceeded: http(
    402,
    'insufficient_quota',
    'a budget is spent and no lower tier fits; the error names the reset time',
  ),
  upstream_exhausted: http(502, 'upstream_error', 'every planned attempt failed; the error lists them'),
  upstream_auth_failed: http(
    502,
    'upstream_error',
    "the provider refused this proxy's credentials; check the key in the config",
  ),
  deadline_exceeded: http(504, 'upstream_error', 'no answer before the deadline'),
  response_missing: http(
    502,
    'upstream_error',
    'recorded mode has no answer for this request and may not call a provider',
  ),
  spend_cap_reached: http(
    402,
    'insufficient_quota',
    '`--max-spend` is used up, so paid providers are not called any more',
  ),
  shutting_down: http(503, 'server_error', 'the proxy is stopping and takes no new requests'),
  internal_error: {
    status: 500,
    type: 'server_error',
    exitCode: 70,
    meaning: 'a bug in the gateway; please report it with the log',
  },
  // Command line
  usage_error: usage('the command line is wrong; `--help` shows the form'),
  config_not_found: usage('the named config file does not exist or cannot be read'),
  config_invalid: usage('the config has mistakes; each is listed with its place'),
  config_syntax: usage('the config is not valid YAML or JSON, or uses YAML features beyond plain data'),
  config_unknown_key: usage(
    'the config has a key that the vocabulary does not know; `gateway config schema` lists all',
  ),
  config_bad_value: usage('a value in the config has the wrong type, unit or range'),
  config_unknown_model: usage('the config names a model that is neither in the catalogue nor under `models`'),
  config_unknown_name: usage('the config names a provider, tier, policy or alias that it does not declare'),
  config_duplicate: usage('the config says the same thing twice'),
  config_conflict: usage('two parts of the config contradict each other, or a part is missing'),
  config_literal_secret: usage('the config holds a secret itself; put `${ENV_NAME}` or `file:path` in its place'),
  config_weak: usage('the config is valid, but probably does not do what it says'),
  catalog_invalid: usage('a price list or catalogue file is damaged or not plausible, so nothing was changed'),
  config_untrusted: usage(
    'the config sends a credential to a host that is not its provider’s own, or takes keys of issuers from one; check it, then `gateway trust`',
  ),
  config_protection_inactive: usage(
    'the config asks for a protection that this version does not enforce yet, so `dev` will not start',
  ),
  fixture_not_found: usage('no fixture file matches'),
  fixture_invalid: usage('the file is not a fixture file'),
  scorer_invalid: usage('no scorer has this name, or its arguments are wrong; the message lists the names'),
  key_not_found: usage('no key or group has this name; `gateway keys list` and `gateway keys group list` show them'),
  key_invalid: usage('a key, group or import can not be kept as it was given; the message says why'),
  run_not_found: usage('no stored run has this id; `gateway replay list` shows them'),
  not_routable: { status: 0, type: 'usage', exitCode: 3, meaning: 'no model can serve the request under this config' },
  fetch_failed: {
    status: 0,
    type: 'network',
    exitCode: 3,
    meaning: 'a file or key set could not be fetched: the host is down, redirects, is private or sent no JSON',
  },
  port_in_use: {
    status: 0,
    type: 'usage',
    exitCode: 3,
    meaning: 'another program listens on the port; choose one with `--port`',
  },
  listen_failed: {
    status: 0,
    type: 'usage',
    exitCode: 3,
    meaning: 'the address can not be listened on; choose another with `--host` or `--port`',
  },
  store_locked: {
    status: 0,
    type: 'store',
    exitCode: 3,
    meaning: 'another `gateway dev` writes the database under `.gateway/`; one at a time may',
  },
  store_failed: {
    status: 503,
    type: 'server_error',
    exitCode: 3,
    meaning: 'the database under `.gateway/` is locked, damaged, full or newer than this version',
  },
} as const satisfies Record<string, ErrorFace>

export type ErrorCode = keyof typeof ERROR_FACES

export interface ErrorDetails {
  /** One next action. */
  readonly hint?: string
  /** Path of the request field at fault. */
  readonly param?: string
  /** Further facts for the error body; never a prompt, key or token. */
  readonly data?: Readonly<Record<string, unknown>>
  /** HTTP status when it is not the one of the table: only for what providers said (429, 503, 400). */
  readonly status?: number
  readonly cause?: unknown
}

/** The one error class of the project. Callers match on `code`, never on the text; the text never holds a prompt, key or token. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError'
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly param: string | undefined
  readonly data: Readonly<Record<string, unknown>> | undefined
  readonly status: number

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause })
    this.code = code
    this.hint = details.hint
    this.param = details.param
    this.data = details.data
    this.status = details.status ?? ERROR_FACES[code].status
  }
}
