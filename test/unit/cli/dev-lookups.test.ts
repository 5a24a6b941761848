import { describe, expect, it } from 'vitest'
import { bugText } from '../../../src/cli/bug-text.ts'
import { catalogOf } from '../../../src/cli/dev/catalog.ts'
import type { Rights } from '../../../src/engine/decision.ts'
import { localHosts } from '../../../src/cli/dev/local-hosts.ts'
import { nearest, outlineOf } from '../../../src/cli/dev/request-outline.ts'
import { DEVELOPMENT_PRINCIPAL } from '../../../src/auth/authenticator.ts'
import { parseChatRequest } from '../../../src/wire/openai-chat/parse-request.ts'
import { matrixOf, ROUTING, row } from '../pipeline/support.ts'

const request = (
  turns: readonly string[],
  extra: Readonly<Record<string, unknown>> = {},
): ReturnType<typeof outlineOf> =>
  outlineOf(
    parseChatRequest({
      model: 'auto',
      messages: turns.map((content, at) => ({ role: at % 2 === 0 ? 'user' : 'assistant', content })),
      ...extra,
    }),
  )

describe('the nearest recording', () => {
  const recorded = [
    { id: 'a', outline: request(['hello']) },
    { id: 'b', outline: request(['hello', 'hi', 'and then?']) },
    { id: 'c', outline: request(['hello', 'hi', 'and then?'], { temperature: 1 }) },
  ]

  it('shares the longest opening, and names the fields that differ without their content', () => {
    const asked = request(['hello', 'hi', 'something secret'], { temperature: 1 })
    expect(nearest(asked, recorded)).toEqual({ id: 'c', shared: 2, differs: ['messages[2]'] })
  })

  it('prefers the fewest differences among equal openings', () => {
    expect(nearest(request(['hello', 'hi', 'and then?'], { seed: 1 }), recorded)).toEqual({
      id: 'b',
      shared: 3,
      differs: ['seed'],
    })
  })

  it('names missing and additional turns', () => {
    expect(nearest(request(['hello', 'hi']), recorded)?.differs).toEqual(['messages[2]'])
  })

  it('is nobody when nothing is in common', () => {
    expect(nearest(request(['one', 'two', 'three']), recorded)).toBeNull()
    expect(nearest(request(['hello']), [])).toBeNull()
  })

  it('does not depend on model, stream or user', () => {
    const other = { model: 'gpt-x', stream: true, user: 'ada' }
    expect(nearest(request(['hello'], other), recorded)).toEqual({ id: 'a', shared: 1, differs: [] })
  })
})

describe('what is said of a bug', () => {
  it('is its kind and place, never its message', () => {
    const bug = new TypeError('can not read "secret prompt"\n    of undefined')
    const text = bugText(bug, 'all')
    expect(text).toMatch(/^TypeError\n {2}at /)
    expect(text).not.toContain('secret')
    // Prompts hold stack traces themselves.
    expect(bugText(new Error('what is\n    at prompt (secret:1)'), 'all')).not.toContain('secret')
    expect(bugText(bug, 'first').split('\n')).toHaveLength(2)
    expect(bugText('secret', 'first')).toBe('something of type string was thrown')
  })
})

describe('the list of models', () => {
  const hasKey = row('with-key', 'standard', 'a')
  const noKey = {
    ...row('without-key', 'standard', 'b'),
    targets: [{ provider: 'b', upstreamModel: 'x', hasCredentials: false }],
  }
  const catalog = catalogOf(() => ({ routing: ROUTING, matrix: matrixOf(hasKey, noKey), seed: 0 }))

  it('holds what can be called now, and the names that stand for several', () => {
    const ids = catalog.models(DEVELOPMENT_PRINCIPAL.rights).map(({ id }) => id)
    expect(ids).toContain('with-key')
    expect(ids).not.toContain('without-key')
    expect(ids).toEqual(expect.arrayContaining(['auto', 'tier:standard']))
    expect(ids).not.toContain('tier:premium')
  })

  it('shows a restricted key only what it may name', () => {
    const listed = (rights: Partial<Rights>): string[] =>
      catalog.models({ ...DEVELOPMENT_PRINCIPAL.rights, ...rights }).map(({ id }) => id)
    expect(listed({ models: ['with-*'] })).toEqual(['auto', 'auto:cheapest', 'tier:standard', 'with-key'])
    expect(listed({ models: ['with-*'], policies: ['best'] })).toEqual(['auto', 'tier:standard', 'with-key'])
    expect(listed({ policies: [] })).toEqual([])
    expect(listed({ models: ['other'] })).toEqual([])
    expect(listed({ tierCeiling: 'free' })).toEqual([])
  })
})

describe('names of this machine', () => {
  it('are its addresses, and only when all of them are listened on', () => {
    expect(localHosts('127.0.0.1')).toEqual([])
    expect(localHosts('192.168.1.4')).toEqual([])
    expect(localHosts('0.0.0.0')).toContain('127.0.0.1')
  })
})
