import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { isJsonObject } from '../../../src/wire/json.ts'

const DIR = new URL('../../fixtures/wire/', import.meta.url)

/** What a published schema says against the value; empty when it fits. */
export type Objections = (value: unknown) => string[]

/** Validators of a schema document among the fixtures, by the name of the schema. */
export function publishedSchema(file: string): (name: string) => Objections {
  const document: unknown = JSON.parse(readFileSync(new URL(file, DIR), 'utf8'))
  if (!isJsonObject(document)) throw new Error('the schema is no object')
  const name = document['$id']
  if (typeof name !== 'string') throw new Error('the schema has no name')
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  ajv.addSchema(document)
  return (schema) => {
    const validate = ajv.getSchema(`${name}#/$defs/${schema}`)
    if (validate === undefined) throw new Error(`no schema ${schema}`)
    return (value) => {
      const plain: unknown = JSON.parse(JSON.stringify(value))
      const fits = validate(plain) === true
      return fits ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
    }
  }
}
