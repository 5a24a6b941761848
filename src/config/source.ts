import { isAlias, isMap, isNode, isPair, isScalar, isSeq, LineCounter, parseDocument, Scalar, visit } from 'yaml'
import type { Document, Node, ParsedNode } from 'yaml'
import { sayParseError } from './parse-error-text.ts'
import type { ConfigProblem, Path, Place } from './problem.ts'
import { readReference } from './secret-reference.ts'

/** Far above any real config; keeps a hostile file from eating memory. */
const MAX_CONFIG_BYTES = 1_048_576
const MAX_DEPTH = 40

/** A config text, parsed as data only: no tags, no anchors, no merge keys, nothing that runs or multiplies. */
export interface ConfigSource {
  readonly file: string
  /** The text with literal secrets blotted out, for code frames. */
  shownText(): string
  /** Plain data; what could not be parsed is left out. */
  readonly value: unknown
  readonly problems: readonly ConfigProblem[]
  /** Where a key or a value stands; undefined when it does not stand in the text. */
  place(path: Path, part?: 'key' | 'value'): Place | undefined
  readonly document: Document.Parsed
}

/** Parses YAML or JSON. Never throws for what a file may hold; mistakes are in `problems`. */
export function parseSource(text: string, file: string): ConfigSource {
  if (Buffer.byteLength(text) > MAX_CONFIG_BYTES) {
    return emptySource(file, `the file is larger than ${MAX_CONFIG_BYTES / 1024} KiB`)
  }
  if (nesting(text) > MAX_DEPTH) return emptySource(file, `the file is nested more than ${MAX_DEPTH} levels deep`)
  // JSON may be indented with tabs, which YAML forbids; inside JSON strings a raw tab can not occur.
  const yaml = file.endsWith('.json') ? text.replaceAll('\t', ' ') : text
  const counter = new LineCounter()
  const document = parseDocument(yaml, {
    version: '1.2',
    schema: 'core',
    merge: false,
    uniqueKeys: true,
    stringKeys: true,
    prettyErrors: false,
    logLevel: 'error',
    lineCounter: counter,
  })
  const problems: ConfigProblem[] = [...document.errors, ...document.warnings].map((error) => ({
    ...sayParseError(error, yaml),
    severity: 'error',
    file,
    place: toPlace(counter, error.pos),
  }))
  for (const range of aliasRanges(yaml, document)) {
    problems.push({
      code: 'config_syntax',
      severity: 'error',
      message: 'anchors and aliases are not supported',
      note: 'a config is plain data',
      fix: 'write the value out',
      file,
      place: toPlace(counter, range),
    })
  }
  const place = (path: Path, part: 'key' | 'value' = 'value'): Place | undefined => {
    const range = rangeOf(document, path, part)
    return range === undefined ? undefined : toPlace(counter, range)
  }
  return { file, shownText: () => blot(yaml, document), value: toData(document), problems, place, document }
}

function emptySource(file: string, message: string): ConfigSource {
  const problem = { code: 'config_syntax', severity: 'error', message, note: undefined, fix: undefined } as const
  const document = parseDocument('{}')
  const problems = [{ ...problem, file, place: undefined }]
  return { file, shownText: () => '', value: {}, problems, place: () => undefined, document }
}

/** The plain data of a parsed document, as `JSON.parse` would give it. */
export function toData(document: Document.Parsed): unknown {
  return document.toJS({ maxAliasCount: 0 }) ?? {}
}

/** An upper bound for the nesting depth of flow collections and indentation, in one pass: the parser recurses. */
function nesting(text: string): number {
  let [open, deepest] = [0, 0]
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index]
    if (char === '[' || char === '{') open += 1
    else if ((char === ']' || char === '}') && open > 0) open -= 1
    if (open > deepest) deepest = open
  }
  // `- - - -` nests once per dash on a line, and each nested line is indented by at least one column.
  for (const line of text.split('\n')) {
    const dashes = /^\s*(?:- +)*/.exec(line)?.[0]
    if (dashes !== undefined) deepest = Math.max(deepest, dashes.split('-').length - 1)
    if (/^ {200,}\S/.test(line)) deepest = Math.max(deepest, MAX_DEPTH + 1)
  }
  return deepest
}

/** Takes aliases out of the document and tells where they and their anchors stood. */
function aliasRanges(text: string, document: Document.Parsed): readonly (readonly [number, number])[] {
  const ranges: (readonly [number, number])[] = []
  // Without these characters there is nothing to find, and walking the tree would slow every start.
  if (!/[&*]/.test(text)) return ranges
  visit(document, {
    Alias(_key, node) {
      const { range } = node
      if (range !== undefined && range !== null) ranges.push([range[0], range[1]])
      return new Scalar(null)
    },
    Node(_key, node) {
      if (isAlias(node) || node.anchor === undefined) return
      if (isNode(node) && node.range !== undefined && node.range !== null)
        ranges.push([node.range[0], node.range[0] + 1])
    },
  })
  return ranges
}

function rangeOf(document: Document.Parsed, path: Path, part: 'key' | 'value'): readonly [number, number] | undefined {
  let node: Node | ParsedNode | null = document.contents
  let key: Node | undefined
  for (const step of path) {
    key = undefined
    if (isMap(node)) {
      const pair = node.items.find(
        (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(step),
      )
      if (pair === undefined) return undefined
      if (isNode(pair.key)) key = pair.key
      node = isNode(pair.value) ? pair.value : null
    } else if (isSeq(node) && typeof step === 'number') {
      const item = node.items[step]
      node = isNode(item) ? item : null
    } else return undefined
  }
  const chosen = part === 'key' ? (key ?? node) : (node ?? key)
  const range = chosen?.range
  return range === undefined || range === null ? undefined : [range[0], range[1]]
}

function toPlace(counter: LineCounter, range: readonly [number, number]): Place {
  const start = counter.linePos(range[0])
  const end = counter.linePos(Math.max(range[0], range[1] - 1))
  const length = end.line === start.line ? end.col - start.col + 1 : 1
  return { line: Math.max(1, start.line), column: Math.max(1, start.col), length }
}

/** Replaces literal keys by asterisks of the same length, also in texts that did not parse. */
function blot(text: string, document: Document.Parsed): string {
  let shown = text
  const hide = (from: number, to: number): void => {
    shown = `${shown.slice(0, from)}${shown.slice(from, to).replaceAll(/[^\r\n]/g, '*')}${shown.slice(to)}`
  }
  visit(document, {
    Pair(_key, pair) {
      if (!isScalar(pair.key) || !/^api_?keys?$/i.test(String(pair.key.value)) || !isNode(pair.value)) return
      visit(pair.value, {
        Scalar(_index, scalar) {
          const range = scalar.range
          if (range === undefined || range === null || readReference(String(scalar.value)) !== undefined) return
          hide(range[0], range[1])
        },
      })
    },
  })
  // Well-known key forms anywhere, and credentials inside URLs.
  const known = /\b(?:sk-|gsk_|xai-|AIza|gw_|Bearer )[\w-]{12,}|(?<=:\/\/)[^\s/@"']+(?=@)/g
  return shown.replaceAll(known, (secret) => '*'.repeat(secret.length))
}
