import type { YAMLParseError, YAMLWarning } from 'yaml'
import type { ConfigProblem } from './problem.ts'

type Said = Pick<ConfigProblem, 'code' | 'message' | 'note' | 'fix'>

/** The parser's complaint in our words; texts of the parser are used only where nothing better is known. */
export function sayParseError(error: YAMLParseError | YAMLWarning, text: string): Said {
  const [start, end] = error.pos
  return (
    SAYINGS.get(error.code)?.(text, start, end) ?? syntax(`not valid YAML: ${lowerFirst(firstLine(error.message))}`)
  )
}

const SAYINGS: ReadonlyMap<string, (text: string, start: number, end: number) => Said> = new Map([
  [
    'DUPLICATE_KEY',
    (text: string, start: number): Said => ({
      code: 'config_duplicate',
      message: `the key ${keyAt(text, start)} stands twice in one map`,
      note: 'second place',
      fix: 'keep one of the two',
    }),
  ],
  ['TAB_AS_INDENT', () => syntax('tabs can not indent YAML', 'tab', 'indent with spaces')],
  [
    'MULTIPLE_DOCS',
    () => syntax('a config is one document', 'second document', 'remove the `---` line and what follows'),
  ],
  [
    'TAG_RESOLVE_FAILED',
    (text: string, start: number, end: number): Said => {
      const tag = JSON.stringify(text.slice(start, end).slice(0, 40))
      return syntax(`the tag ${tag} is not supported`, 'a config is plain data', 'remove the tag')
    },
  ],
  ['NON_STRING_KEY', () => syntax('keys must be plain text', 'not text', 'put the key in quotes')],
])

function syntax(message: string, note?: string, fix?: string): Said {
  return { code: 'config_syntax', message, note, fix }
}

function keyAt(text: string, position: number): string {
  return JSON.stringify(/^["']?([^"':\s]{1,60})/.exec(text.slice(position))?.[1] ?? '')
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
