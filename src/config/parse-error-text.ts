import type { YAMLParseError, YAMLWarning } from 'yaml'
import type { ConfigProblem } from './problem.ts'

type Said = Pick<ConfigProblem, 'code' | 'message' | 'note' | 'fix'>

/** The parser's complaint in our words; texts of the parser are used only where nothing better is known. */
export function sayParseError(error: YAMLParseError | YAMLWarning, text: string): Said {
  const found = text.slice(error.pos[0], error.pos[1])
  switch (error.code) {
    case 'DUPLICATE_KEY':
      return {
        code: 'config_duplicate',
        message: `the key ${keyAt(text, error.pos[0])} stands twice in one map`,
        note: 'second place',
        fix: 'keep one of the two',
      }
    case 'TAB_AS_INDENT':
      return syntax('tabs can not indent YAML', 'tab', 'indent with spaces')
    case 'MULTIPLE_DOCS':
      return syntax('a config is one document', 'second document', 'remove the `---` line and what follows')
    case 'TAG_RESOLVE_FAILED':
      return syntax(
        `the tag ${JSON.stringify(found.slice(0, 40))} is not supported`,
        'a config is plain data',
        'remove the tag',
      )
    case 'NON_STRING_KEY':
      return syntax('keys must be plain text', 'not text', 'put the key in quotes')
    default:
      return syntax(`not valid YAML: ${lowerFirst(firstLine(error.message))}`, undefined, undefined)
  }
}

function syntax(message: string, note: string | undefined, fix: string | undefined): Said {
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
