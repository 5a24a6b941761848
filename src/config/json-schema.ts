import { z } from 'zod'
import { configSchema } from './schema.ts'

/** The vocabulary as JSON Schema (draft 2020-12), for editors and other tools. It describes what people write. */
export function configJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(configSchema, {
    io: 'input',
    target: 'draft-2020-12',
    // For values with units zod drops these two; they are written in the form that people write, so they belong here.
    override: ({ zodSchema, jsonSchema }) => {
      const meta = z.globalRegistry.get(zodSchema)
      if (meta?.['default'] !== undefined) Object.assign(jsonSchema, { default: meta['default'] })
      if (Array.isArray(meta?.['examples'])) jsonSchema.examples = meta['examples']
    },
  })
  return {
    $schema,
    title: 'gateway config',
    description: 'Routing config of `gateway`. Every section is optional.',
    ...schema,
  }
}
