import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { ExchangeRecord } from '../../engine/record.ts'
import type { Redactor } from '../../guardrails/redactor.ts'
import type { ExchangeContent, RecordSink } from '../../pipeline/ports.ts'
import { openFile } from '../fixtures/reader.ts'
import { readLines } from '../fixtures/lines.ts'
import { openLineWriter, serializeFixture, serializeHeader } from '../fixtures/write.ts'
import type { LineWriter } from '../fixtures/write.ts'
import { FIXTURE_SCHEMA } from '../types.ts'
import type { Fixture } from '../types.ts'
import { buildFixture } from './build-fixture.ts'
import type { DecideAgain } from './build-fixture.ts'

export interface RecorderOptions {
  readonly file: string
  /** Names the proxy run whose exchanges these are. */
  readonly run: string
  /** `new` leaves out requests whose key is in the file already. */
  readonly mode: 'new' | 'all'
  /** Share of exchanges to keep, 0..1, the same for every intent. */
  readonly sample: number
  readonly redactor: Redactor
  /** Local secret for hashed ids. */
  readonly salt: string
  readonly decideAgain: DecideAgain
  readonly catalogHash: string
  readonly pricesHash: string
  /** ISO time for the header of a new file. */
  readonly createdAt: string
}

export interface RecorderStats {
  readonly recorded: number
  readonly skipped: { readonly known: number; readonly sampled: number; readonly unfinished: number }
  /** `leak`: the finished line still held something secret, so it was not written. */
  readonly dropped: { readonly leak: number; readonly overflow: number; readonly failed: number }
  /** Replacements by type. */
  readonly redactions: Readonly<Record<string, number>>
}

export interface Recorder extends RecordSink {
  stats(): RecorderStats
  /** Resolves when everything accepted so far is in the file. */
  flush(): Promise<void>
  close(): Promise<void>
}

/** Exchanges that wait to be written; more are dropped and counted, as recording must not use up the memory. */
const MAX_WAITING = 1_000

/** Makes the sink that writes fixtures. Redaction and writing happen off the request's path. */
export async function createRecorder(options: RecorderOptions): Promise<Recorder> {
  const known = options.mode === 'new' ? await knownKeys(options.file) : new Set<string>()
  return new FileRecorder(options, known)
}

type Counter<T> = { -readonly [Name in keyof T]: number }

class FileRecorder implements Recorder {
  readonly #options: RecorderOptions
  readonly #known: Set<string>
  readonly #waiting: (readonly [ExchangeRecord, ExchangeContent])[] = []
  readonly #sampler: (intent: string) => boolean
  #writer: LineWriter | null = null
  #working: Promise<void> | null = null
  #recorded = 0
  readonly #skipped: Counter<RecorderStats['skipped']> = { known: 0, sampled: 0, unfinished: 0 }
  readonly #dropped: Counter<RecorderStats['dropped']> = { leak: 0, overflow: 0, failed: 0 }
  readonly #redactions: Record<string, number> = {}

  constructor(options: RecorderOptions, known: Set<string>) {
    this.#options = options
    this.#known = known
    this.#sampler = evenSampler(options.sample)
  }

  accept(record: ExchangeRecord, content: ExchangeContent): void {
    // Half an answer of a client that left would look like a short one; embeddings are no conversation.
    if (record.result.kind === 'client_gone' || content.incoming.request.embeddings !== undefined)
      this.#skipped.unfinished += 1
    else if (!this.#sampler(record.decision.intent.label)) this.#skipped.sampled += 1
    else if (this.#waiting.length >= MAX_WAITING) this.#dropped.overflow += 1
    else {
      this.#waiting.push([record, content])
      this.#working ??= this.#work()
    }
  }

  async #work(): Promise<void> {
    // One exchange a turn of the event loop, so that redaction never holds up requests for long.
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      await new Promise<void>((resolve) => setImmediate(resolve))
      try {
        const line = this.#lineOf(...next)
        if (line !== null) {
          this.#writer ??= await this.#openWriter()
          await this.#writer.append([line])
          this.#recorded += 1
        }
      } catch {
        // Whatever went wrong, the text of the exchange must not get out through an error message.
        this.#dropped.failed += 1
      }
    }
    this.#working = null
  }

  #lineOf(record: ExchangeRecord, content: ExchangeContent): string | null {
    const fixture = buildFixture(record, content, this.#options)
    if (fixture === null) return null
    if (this.#options.mode === 'new' && this.#known.has(fixture.key)) {
      this.#skipped.known += 1
      return null
    }
    const line = serializeFixture(fixture)
    if (this.#options.redactor.leaks(line).length > 0) {
      this.#dropped.leak += 1
      return null
    }
    this.#known.add(fixture.key)
    this.#countHits(fixture)
    return line
  }

  #countHits(fixture: Fixture): void {
    for (const [type, count] of Object.entries(fixture.redaction?.hits ?? {}))
      this.#redactions[type] = (this.#redactions[type] ?? 0) + count
  }

  async #openWriter(): Promise<LineWriter> {
    const { file, redactor, catalogHash, pricesHash, createdAt } = this.#options
    await mkdir(dirname(file), { recursive: true })
    return openLineWriter(
      file,
      serializeHeader({
        kind: 'header',
        schema: FIXTURE_SCHEMA,
        created: createdAt,
        redaction: redactor.policy,
        catalog: catalogHash,
        prices: pricesHash,
      }),
    )
  }

  stats(): RecorderStats {
    return {
      recorded: this.#recorded,
      skipped: { ...this.#skipped },
      dropped: { ...this.#dropped },
      redactions: { ...this.#redactions },
    }
  }

  async flush(): Promise<void> {
    while (this.#working !== null) await this.#working
  }

  async close(): Promise<void> {
    await this.flush()
    await this.#writer?.close()
    this.#writer = null
  }
}

/** Keeps every 1/p-th exchange of each intent, so that rare intents keep their share. */
function evenSampler(share: number): (intent: string) => boolean {
  const due = new Map<string, number>()
  return (intent) => {
    // Half a step ahead: the first of a rare intent is kept when the share is at least one half.
    const sum = (due.get(intent) ?? 0.5) + share
    due.set(intent, sum >= 1 ? sum - 1 : sum)
    return sum >= 1
  }
}

/** Keys that are in the file already, read from the heads of its lines. */
async function knownKeys(file: string): Promise<Set<string>> {
  const keys = new Set<string>()
  if (!existsSync(file)) return keys
  for await (const batch of readLines(openFile(file).bytes)) {
    for (const { text } of batch) {
      const key = text === null ? undefined : /^\{"id":"[^"]*","key":"([^"]*)"/u.exec(text)?.[1]
      if (key !== undefined) keys.add(key)
    }
  }
  return keys
}
