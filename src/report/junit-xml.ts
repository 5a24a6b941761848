import { element, type XmlElement } from './xml.ts'

/** A test suite before it is XML. */
export interface Suite {
  readonly name: string
  readonly properties: readonly (readonly [string, string])[]
  readonly cases: readonly Case[]
}

export interface Case {
  readonly name: string
  readonly className: string
  /** Null when no time was measured. */
  readonly seconds: number | null
  readonly outcome: 'pass' | 'failure' | 'error' | 'skipped'
  readonly message: string
  readonly file?: string
  readonly line?: number
  readonly properties: readonly (readonly [string, string])[]
}

/** The document, with counts for every suite and the whole. */
export function suitesXml(name: string, suites: readonly Suite[]): string {
  const counts = countCases(suites.flatMap(({ cases }) => cases))
  const root = element('testsuites', { name, ...counts }, suites.map(suiteElement))
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root.text}\n`
}

function countCases(cases: readonly Case[]): Record<string, string> {
  const count = (outcome: Case['outcome']): string => String(cases.filter((item) => item.outcome === outcome).length)
  return { tests: String(cases.length), failures: count('failure'), errors: count('error'), skipped: count('skipped') }
}

function suiteElement({ name, properties, cases }: Suite): XmlElement {
  return element('testsuite', { name, ...countCases(cases) }, [
    ...propertiesElement(properties),
    ...cases.map(caseElement),
  ])
}

function propertiesElement(properties: Suite['properties']): XmlElement[] {
  if (properties.length === 0) return []
  return [
    element(
      'properties',
      {},
      properties.map(([name, value]) => element('property', { name, value }, [])),
    ),
  ]
}

function caseElement(item: Case): XmlElement {
  const attributes = {
    classname: item.className,
    name: item.name,
    ...(item.file === undefined ? {} : { file: item.file }),
    ...(item.line === undefined ? {} : { line: String(item.line) }),
    ...(item.seconds === null ? {} : { time: item.seconds.toFixed(3) }),
  }
  return element('testcase', attributes, [...propertiesElement(item.properties), outcomeElement(item)])
}

function outcomeElement({ outcome, message, properties }: Case): XmlElement {
  const body = [message, ...properties.map(([name, value]) => `${name}: ${value}`)].join('\n')
  switch (outcome) {
    case 'pass':
      return element('system-out', {}, body)
    case 'failure':
    case 'error':
      return element(outcome, { message, type: outcome }, body)
    case 'skipped':
      return element('skipped', { message }, body)
  }
}
