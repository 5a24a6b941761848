import type { IncomingMessage } from 'node:http'
import { GatewayError } from '../wire/errors.ts'
import { headerValues } from './raw-headers.ts'

/**
 * The key of a request from whichever of the three headers carries it. Keys in the query or in cookies are never read.
 * Two different keys are refused: which one counts must not depend on the reader.
 */
export function credentialOf(request: IncomingMessage): string | null {
  const keys = new Set<string>()
  for (const value of headerValues(request, 'authorization')) {
    const bearer = /^bearer +(\S+) *$/i.exec(value)
    // A scheme of another kind is a key that fits nothing, not an absent one.
    keys.add(bearer?.[1] ?? '')
  }
  for (const name of ['x-api-key', 'x-goog-api-key'])
    // Clients send an empty one where a variable of theirs is not set.
    for (const value of headerValues(request, name)) if (value.trim() !== '') keys.add(value.trim())
  if (keys.size > 1)
    throw new GatewayError('invalid_request_error', 'the request carries two different keys', {
      hint: 'send one of `Authorization`, `x-api-key`, `x-goog-api-key`',
    })
  const [key] = keys
  return key === undefined || key === '' ? null : key
}
