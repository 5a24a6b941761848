import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createKeyAuthenticator } from '../../../src/auth/authenticator.ts'
import { secretFacts } from '../../../src/auth/dev-identity.ts'
import { createKey } from '../../../src/auth/key-life.ts'
import { makeKey } from '../../../src/auth/key-format.ts'
import { credentialOf } from '../../../src/proxy/credential.ts'
import { modelRenamer } from '../../../src/proxy/raw-text.ts'
import { normalPath } from '../../../src/proxy/request-target.ts'
import { GatewayError } from '../../../src/wire/errors.ts'
import { act, newKey, T0 } from '../auth/make-key.ts'
import { memoryStores } from '../auth/memory-store.ts'

const SEED = { seed: 20261122, numRuns: 2_000 }

/** Either the result or that it was refused with an error of ours; anything else fails the test. */
function orRefusal<T>(run: () => T): T | null {
  try {
    return run()
  } catch (error) {
    if (error instanceof GatewayError) return null
    throw error
  }
}

describe('paths', () => {
  const piece = fc.constantFrom(
    '/',
    'v1',
    'models',
    '..',
    '.',
    '%2e',
    '%2f',
    '%5c',
    '\\',
    '%25',
    '?',
    '#',
    '%3f',
    'a',
    '%00',
    'é',
    ' ',
  )
  const target = fc.array(piece, { maxLength: 12 }).map((pieces) => `/${pieces.join('')}`)

  it('that are let through mean one thing only, however often they are read', () => {
    let accepted = 0
    const check = (path: string): void => {
      const normal = orRefusal(() => normalPath(path))
      if (normal === null) return
      accepted += 1
      expect(normalPath(normal)).toBe(normal)
      expect(normal).toMatch(/^\/[\u0020-\u007e]*$/)
      expect(
        normal
          .split('/')
          .slice(1)
          .some((segment) => ['.', '..'].includes(segment)),
      ).toBe(false)
      expect(normal).not.toMatch(/[\\%?#]|\/\//)
    }
    fc.assert(fc.property(target, check), SEED)
    expect(accepted).toBeGreaterThan(100)
  })
})

describe('credentials', () => {
  const key = makeKey('dev', new Uint8Array(32).fill(9))
  const { keys } = memoryStores()
  keys.update((state) => createKey(state, newKey(), secretFacts(key), act()))
  const auth = createKeyAuthenticator({ store: keys, tiers: () => [] })
  const scheme = fc.constantFrom('Bearer', 'bearer', 'Basic', 'Digest', 'Negotiate', '', 'Bearer Bearer', 'Key', 'null')
  const value = fc.oneof(
    fc.constant(key),
    fc.constantFrom(key.slice(0, -1), `${key}x`, key.toUpperCase(), 'undefined', 'null', '', "' OR '1'='1", '%'),
    fc.string({ maxLength: 200 }),
  )
  const name = fc.constantFrom('authorization', 'x-api-key', 'x-goog-api-key', 'cookie', 'proxy-authorization')
  const header = fc
    .tuple(name, scheme, value)
    .map(([header_, scheme_, value_]): [string, string] => [header_, scheme_ === '' ? value_ : `${scheme_} ${value_}`])

  it('are accepted only as the very key in one of three headers', () => {
    let accepted = 0
    fc.assert(
      fc.property(fc.array(header, { maxLength: 3 }), (headers) => {
        const request = new IncomingMessage(new Socket())
        request.rawHeaders = headers.flat()
        const found = orRefusal(() => auth.authenticate(credentialOf(request), T0))
        const principal = found?.kind === 'denied' ? null : found
        const right = headers.some(([header_, text]) =>
          header_ === 'authorization'
            ? /^bearer +/i.test(text) && text.replace(/^bearer +/i, '').trim() === key
            : header_.startsWith('x-') && text.trim() === key,
        )
        if (principal !== null) accepted += 1
        expect(principal === null || right).toBe(true)
      }),
      SEED,
    )
    expect(accepted).toBeGreaterThan(20)
  })
})

describe('the model in a relayed event', () => {
  const name = fc.string({ minLength: 1, maxLength: 20 })

  it('is replaced as a member and nowhere in texts', () => {
    fc.assert(
      fc.property(name, name, fc.string({ maxLength: 60 }), fc.boolean(), (from, to, text, spaced) => {
        const chunk = { id: '1', model: from, choices: [{ index: 0, delta: { content: `${text}"model":"${from}"` } }] }
        const raw = spaced ? JSON.stringify(chunk).replace('"model":', '"model": ') : JSON.stringify(chunk)
        const renamed = modelRenamer(from, to)(raw)
        expect(JSON.parse(renamed ?? '')).toEqual({ ...chunk, model: to })
      }),
      SEED,
    )
  })

  it('is left to be encoded again when it is written in another form', () => {
    expect(modelRenamer('a', 'b')('{"model"\n:"a"}')).toBeNull()
    expect(modelRenamer('a', 'b')('{"id":"1"}')).toBeNull()
  })
})
