import { readFile, stat } from 'node:fs/promises'
import { KeySetError } from '../../auth/jwt-keys.ts'
import type { JwtKeyPlace } from '../../auth/jwt-types.ts'
import { bareHost, isLoopbackHost } from '../../config/base-url.ts'
import { jsonHttp } from '../../upstream/http.ts'

const FETCH_TIMEOUT_MS = 5_000
/** Key sets of large providers have some ten kilobytes. */
const MAX_KEY_BYTES = 512 * 1024

/** The content of a key set from where the config says it is: a file as text, an answer over HTTP as what its JSON says. */
export async function loadKeys(place: JwtKeyPlace, offline = false): Promise<unknown> {
  if (place.kind === 'file') {
    const status = await stat(place.path)
    if (!status.isFile() || status.size > MAX_KEY_BYTES) throw new KeySetError('it is no file of a plausible size')
    return readFile(place.path, 'utf8')
  }
  if (offline && !isLoopbackHost(bareHost(new URL(place.url))))
    throw new KeySetError('with `--offline` no host is asked for keys')
  const { status, body } = await jsonHttp.request({
    url: place.url,
    headers: { accept: 'application/jwk-set+json, application/json' },
    timeoutMs: FETCH_TIMEOUT_MS,
    maxBytes: MAX_KEY_BYTES,
    addresses: place.privateNetwork ? 'configured' : 'public',
  })
  if (status !== 200) throw new KeySetError(`the host answered with status ${status}`)
  return body
}
