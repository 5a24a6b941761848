import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { JsonExtent } from '../../../src/wire/json-extent.ts'

it('knows the end of an object or array, however its text is cut, and no end before', () => {
  const value = fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue()))
  fc.assert(
    fc.property(value, fc.array(fc.nat(), { maxLength: 6 }), (given, places) => {
      const text = JSON.stringify(given)
      const at = [...new Set(places.map((place) => place % text.length))].sort((a, b) => a - b)
      const extent = new JsonExtent()
      for (const [index, from] of [0, ...at].entries()) {
        expect(extent.complete).toBe(false)
        extent.add(text.slice(from, at[index]))
      }
      expect(extent.complete).toBe(true)
    }),
    { seed: 91, numRuns: 300 },
  )
})

it('takes nothing else for an end', () => {
  for (const text of ['', '12', '"{}"', 'null', '{"a":"}', '{"a":"\\"}']) {
    const extent = new JsonExtent()
    extent.add(text)
    expect(extent.complete).toBe(false)
  }
})
