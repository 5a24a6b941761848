import type { SpendDimension, SpendFilter } from '../../engine/spend.ts'
import { DAY_MS, QUARTER_MS } from './codes.ts'
import { MEASURE_COLUMNS, ROW_MEASURES, SUM_OF_MEASURES } from './measures.ts'
import type { SpendRange } from './spend-range.ts'

const INDEXED_DAYS = 10

interface Sql {
  readonly sql: string
  readonly parameters: Readonly<Record<string, string | number>>
}

/** How a dimension is read from `part`, and what must be joined for it. `word`: the value is a word. */
interface DimensionSql {
  readonly value: string
  readonly join?: string
  readonly word: boolean
}

const WHO = 'CROSS JOIN who ON who.id = part.who'
const WHAT = 'CROSS JOIN what ON what.id = part.what'
const ofWho = (value: string): DimensionSql => ({ value: `who.${value}`, join: WHO, word: true })
const ofWhat = (value: string): DimensionSql => ({ value: `what.${value}`, join: WHAT, word: true })

const DIMENSIONS: Readonly<Record<SpendDimension, DimensionSql>> = {
  day: { value: 'day', word: false },
  month: { value: `strftime('%Y-%m', day * ${DAY_MS / 1000}, 'unixepoch')`, word: false },
  user: ofWho('user'),
  project: ofWho('project'),
  key: ofWho('key'),
  alias: ofWho('alias'),
  // A call without a group is in the line without a name.
  group: {
    value: 'coalesce(who_group.name, 0)',
    join: 'LEFT JOIN who_group ON who_group.who = part.who',
    word: true,
  },
  model: ofWhat('model'),
  tier: ofWhat('tier'),
  provider: ofWhat('provider'),
  intent: ofWhat('intent'),
  endpoint: ofWhat('endpoint'),
  // A list as one word; taken apart when the calls with the same list are one line already.
  tag: { value: 'part.tags', word: false },
}

const named = (parameter: string): string => `(SELECT id FROM word WHERE text = $${parameter})`
const who = (condition: string): string => `who IN (SELECT id FROM who WHERE ${condition})`
const what = (column: string): string => `what IN (SELECT id FROM what WHERE ${column} = ${named(column)})`

const FILTERS: Readonly<Record<keyof SpendFilter, string>> = {
  key: who(`key = ${named('key')} OR alias = ${named('key')}`),
  user: who(`user = ${named('user')}`),
  project: who(`project = ${named('project')}`),
  group: `who IN (SELECT who FROM who_group WHERE name = ${named('group')})`,
  model: what('model'),
  tier: what('tier'),
  provider: what('provider'),
  intent: what('intent'),
  // A text that is no list is of another column.
  tag: `tags IN (SELECT word.id FROM word CROSS JOIN json_each(iif(json_valid(word.text), word.text, '[]')) AS tag
    WHERE tag.value = $tag)`,
}

/** One statement for a split. Texts of the user are parameters only; the statement is made of the constants above. */
export function spendSql(by: readonly SpendDimension[], filter: SpendFilter, range: SpendRange): Sql {
  const filtered = filterSql(filter)
  const { sources, parameters } = rangeSources(range, filtered.sql)
  const dimensions = by.map((dimension) => DIMENSIONS[dimension])
  const joins = [...new Set(dimensions.flatMap(({ join }) => join ?? []))].join(' ')
  const columns = dimensions.map(({ value }, index) => `${value} AS d${index}, `).join('')
  const groups = by.length === 0 ? '' : `GROUP BY ${by.map((_, index) => index + 1).join(', ')}`
  const sums = `SELECT ${columns}${SUM_OF_MEASURES} FROM (${sources}) AS part ${joins} ${groups}`
  const found = byTag(by, sums)
  const texts = dimensions.map(({ word }, index) => (word ? `w${index}.text AS d${index}, ` : `d${index}, `)).join('')
  const words = dimensions.map(({ word }, index) => (word ? ` JOIN word AS w${index} ON w${index}.id = d${index}` : ''))
  return {
    sql: `SELECT ${texts}${MEASURE_COLUMNS} FROM (${found})${words.join('')}`,
    parameters: { ...parameters, ...filtered.parameters },
  }
}

/** ` AND …` for rows of `attempt` and `spend_day`. */
export function filterSql(filter: SpendFilter): Sql {
  const given = Object.entries(filter).filter((entry): entry is [keyof SpendFilter, string] => entry[1] !== undefined)
  return { sql: given.map(([name]) => ` AND ${FILTERS[name]}`).join(''), parameters: Object.fromEntries(given) }
}

/** Lists of tags taken apart, where lines are split by them. */
function byTag(by: readonly SpendDimension[], sums: string): string {
  const at = by.indexOf('tag')
  if (at < 0) return sums
  const columns = by.map((_, index) => (index === at ? `coalesce(tag.value, '') AS d${index}` : `found.d${index}`))
  return `SELECT ${columns.join(', ')}, ${SUM_OF_MEASURES} FROM (${sums}) AS found
    CROSS JOIN word AS tags ON tags.id = found.d${at}
    LEFT JOIN json_each(iif(tags.text = '', '[]', tags.text)) AS tag
    GROUP BY ${by.map((_, index) => index + 1).join(', ')}`
}

/** The parts of a range in the columns of the roll-up: whole days of it, rows at the edges, rows that it lacks. */
function rangeSources(
  { days, edges, rolled, since, until }: SpendRange,
  filter: string,
): {
  readonly sources: string
  readonly parameters: Readonly<Record<string, number>>
} {
  const row = `SELECT at_ms / ${DAY_MS} AS day, who, what, tags, ${ROW_MEASURES} FROM attempt`
  const parts = [`${row} WHERE seq > $rolled AND at_ms >= $from AND at_ms < $to${filter}`]
  const parameters: Record<string, number> = {
    rolled,
    from: since ?? 0,
    to: until ?? Number.MAX_SAFE_INTEGER,
  }
  if (days !== null) {
    parts.push(
      `SELECT day, who, what, 0 AS tags, ${MEASURE_COLUMNS} FROM spend_day
       WHERE day >= $firstDay AND day < $endDay${filter}`,
    )
    Object.assign(parameters, { firstDay: days[0], endDay: days[1] })
  }
  for (const [index, [from, to]] of edges.entries()) {
    // Beyond some days reading all rows in their order is quicker than looking each up; `+` keeps the index out.
    const long = to - from > INDEXED_DAYS * DAY_MS
    parts.push(
      `${row} WHERE ${long ? '+' : ''}(at_ms / ${QUARTER_MS}) BETWEEN $quarter${index} AND $lastQuarter${index}
       AND at_ms >= $from${index} AND at_ms < $to${index} AND seq <= $rolled${filter}`,
    )
    parameters[`from${index}`] = from
    parameters[`to${index}`] = to
    parameters[`quarter${index}`] = Math.floor(from / QUARTER_MS)
    parameters[`lastQuarter${index}`] = Math.floor((to - 1) / QUARTER_MS)
  }
  return { sources: parts.join(' UNION ALL '), parameters }
}
