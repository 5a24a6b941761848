import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { userNameOf } from '../../../src/proxy/user-name.ts'

const HASH = 'a1'.repeat(32)

it('a conversation of Claude Code is no user of its own', () => {
  const older = (account: string): string => userNameOf(`user_${HASH}_account_${account}_session_${randomUUID()}`)
  expect([older(''), older('')]).toEqual([`user_${HASH}_account_`, `user_${HASH}_account_`])
  const account = randomUUID()
  expect(older(account)).toBe(`user_${HASH}_account_${account}`)

  const newer = (account_uuid: string): string =>
    userNameOf(JSON.stringify({ device_id: HASH, account_uuid, session_id: randomUUID() }))
  expect([newer(''), newer(''), newer(account)]).toEqual([HASH, HASH, account])
})

it.each([
  'anna',
  'user_session_1',
  '{"session_id":"1"}',
  '{"session_id"',
  '[]',
  'a_session_b',
  '{"device_id":3,"session_id":1}',
])('any other name stays as it is: %s', (name) => {
  expect(userNameOf(name)).toBe(name)
})
