import { z } from 'zod'
import { configSchema } from './schema.ts'

/** The vocabulary as JSON Schema (draft 2020-12), for editors and other tools. It describes what people write. */
export function configJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(configSchema, { io: 'input', target: 'draft-2020-12' })
  return {
    $schema,
    title: 'gateway config',
    description: 'Routing config of `gateway`. Every section is optional.',
    ...schema,
  }
}
