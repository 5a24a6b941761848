import { describe, expect, it } from 'vitest'
import { buildProgram } from '../../../src/cli/main.ts'

describe('help', () => {
  it('of every command fits its options without showing empty lists as defaults', () => {
    const program = buildProgram()
    const texts = program.commands.map((command) => command.helpInformation())
    expect(texts.length).toBeGreaterThan(5)
    for (const text of texts) {
      expect(text).toContain('Usage: gateway')
      expect(text).not.toContain('default: []')
    }
    expect(texts.join('\n')).toContain('default: 0')
  })
})
