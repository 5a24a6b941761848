import { GatewayError } from '../../wire/errors.ts'
import type { Where, WhereKey } from '../gates/types.ts'
import { WHERE_KEYS } from '../gates/where.ts'

/** Reads `--where` filters such as `intent=code.*|math,tag=golden`; several flags and commas all must hold. */
export function parseWhere(expressions: readonly string[]): Where {
  const where: Partial<Record<WhereKey, readonly string[]>> = {}
  for (const part of expressions.flatMap((expression) => expression.split(','))) {
    const [name = '', values = '', ...rest] = part.split('=')
    const key = WHERE_KEYS.find((known) => known === name.trim())
    if (key === undefined || values.trim() === '' || rest.length > 0) throw malformed(part)
    if (where[key] !== undefined)
      throw new GatewayError('usage_error', `--where names "${key}" twice`, { hint: `join the values: ${key}=a|b` })
    where[key] = values.split('|').map((value) => value.trim())
  }
  return where
}

function malformed(part: string): GatewayError {
  return new GatewayError(
    'usage_error',
    `--where "${part.trim()}" is not <name>=<value> with one of ${WHERE_KEYS.join(', ')}`,
    {
      hint: "write for example --where 'intent=code.*' --where tag=golden",
    },
  )
}

/** Reads `--shard i/n`, with i from 1 to n. */
export function parseShard(text: string): { index: number; of: number } {
  const match = /^(\d{1,4})\/(\d{1,4})$/u.exec(text)
  const [index, of] = [Number(match?.[1]), Number(match?.[2])]
  if (match === null || index < 1 || index > of) {
    throw new GatewayError('usage_error', `--shard "${text}" is not i/n with i from 1 to n`, {
      hint: 'write for example --shard 1/4',
    })
  }
  return { index: index - 1, of }
}
