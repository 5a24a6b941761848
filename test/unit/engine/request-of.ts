import type { CanonicalRequest, Role } from '../../../src/wire/canonical.ts'

/** A request from plain texts: a string is a user turn, a pair is role and text. */
export function requestOf(
  turns: readonly (string | readonly [Role, string])[],
  extra: Partial<CanonicalRequest> = {},
): CanonicalRequest {
  return {
    format: 'openai-chat',
    model: 'auto',
    messages: turns.map((turn) => {
      const [role, text] = typeof turn === 'string' ? (['user', turn] as const) : turn
      if (role === 'tool')
        return { role, blocks: [{ kind: 'tool_result', toolUseId: 'c1', blocks: [{ kind: 'text', text }] }] }
      return { role, blocks: [{ kind: 'text', text }] }
    }),
    tools: [],
    responseFormat: { kind: 'text' },
    sampling: {},
    choices: 1,
    stream: false,
    includeUsage: false,
    metadata: {},
    extra: {},
    ...extra,
  }
}
