import { describe, expect, it } from 'vitest'
import { createAuthenticator, DEVELOPMENT_PRINCIPAL } from '../../../src/auth/authenticator.ts'
import { keyDigest, makeKey } from '../../../src/auth/key-format.ts'

const key = makeKey('dev')
const auth = createAuthenticator([{ digest: keyDigest(key), principal: DEVELOPMENT_PRINCIPAL }])

describe('authenticator', () => {
  it('knows its key', () => {
    expect(auth.authenticate(key)?.rights.alias).toBe('dev')
  })

  it('answers every failure with the same nothing', () => {
    const strangers = [null, '', key.slice(0, -1), `${key} `, key.toLowerCase(), makeKey('dev'), 'Bearer', 'null']
    expect(strangers.map((stranger) => auth.authenticate(stranger))).toEqual(strangers.map(() => null))
  })

  it('does not take the stored digest for the key', () => {
    expect(auth.authenticate(keyDigest(key).toString('hex'))).toBeNull()
    expect(auth.authenticate(keyDigest(key).toString('base64'))).toBeNull()
  })
})
