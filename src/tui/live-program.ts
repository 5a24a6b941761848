import { detailHeader, detailLines, whyNotLines } from '../report/view/detail.ts'
import {
  BLANK,
  bodyRows,
  finish,
  line,
  rule,
  span,
  stack,
  type Frame,
  type Line,
  type Size,
} from '../report/view/frame.ts'
import type { LiveSnapshot, LiveSource } from '../report/view/live-feed.ts'
import { liveHeader, liveList } from '../report/view/live-list.ts'
import type { LiveRow } from '../report/view/live-row.ts'
import { lookOf, wrapText, type Look } from '../report/view/width.ts'
import { helpLines, hintLine } from './hints.ts'
import type { KeyPress } from './key-name.ts'
import { cursorOf, LIVE_START, liveStep, shownRows, type LiveDetail, type LiveUi } from './live-ui.ts'
import type { Effect, ScreenProgram } from './screen.ts'
import { textPart } from './text-part.ts'

export interface LiveProgramOptions {
  readonly ascii: boolean
  readonly utcOffsetMinutes: number
}

/** The live request stream with its detail screen, as a program without a terminal. */
export function liveProgram(source: LiveSource, options: LiveProgramOptions): ScreenProgram {
  return new LiveProgram(source, options)
}

class LiveProgram implements ScreenProgram {
  readonly #source: LiveSource
  readonly #look: Look
  readonly #utcOffsetMinutes: number
  #ui: LiveUi = LIVE_START
  /** The rows as they were when the list was paused. */
  #frozen: readonly LiveRow[] | null = null

  constructor(source: LiveSource, { ascii, utcOffsetMinutes }: LiveProgramOptions) {
    this.#source = source
    this.#look = lookOf(ascii)
    this.#utcOffsetMinutes = utcOffsetMinutes
  }

  subscribe(redraw: () => void): () => void {
    return this.#source.subscribe(redraw)
  }

  frame(size: Size): Frame {
    return finish(this.#draw(size), size, this.#look)
  }

  press(press: KeyPress, size: Size): Effect {
    const snapshot = this.#source.snapshot()
    const rows = shownRows(this.#frozen ?? snapshot.rows, this.#ui)
    const step = liveStep(this.#ui, press, {
      rows,
      page: this.#page(size),
      detailOverflow: this.#ui.detail === null ? 0 : this.#detailOverflow(this.#ui.detail, size),
      running: snapshot.status.inFlight,
    })
    this.#ui = step.ui
    if (step.effect === 'clear') this.#source.clear()
    if (!this.#ui.paused) this.#frozen = null
    else this.#frozen ??= snapshot.rows
    return step.effect === 'clear' ? 'none' : step.effect
  }

  #draw(size: Size): Frame {
    const { detail, help } = this.#ui
    const screen = detail === null ? 'live' : 'detail'
    if (help) {
      const footer = [hintLine('help', size.columns)]
      return stack({ header: [], body: helpLines(screen, size, this.#look), footer }, size)
    }
    return detail === null ? this.#list(size) : this.#detail(detail, size)
  }

  #list(size: Size): Frame {
    const snapshot = this.#source.snapshot()
    const rows = shownRows(this.#frozen ?? snapshot.rows, this.#ui)
    const header = liveHeader(snapshot, size.columns, this.#look)
    const footer = this.#listFooter(snapshot, rows.length, size)
    const height = bodyRows({ header, footer }, size)
    const body =
      snapshot.rows.length === 0 && this.#frozen === null
        ? this.#empty(snapshot, size)
        : liveList(rows, { cursor: cursorOf(rows, this.#ui), height, columns: size.columns, look: this.#look })
    return stack({ header, body, footer }, size)
  }

  #empty({ status }: LiveSnapshot, size: Size): Frame {
    const texts = [
      'no requests yet',
      `send them to ${status.url}/v1 with the key of this project`,
      '`gateway dev --print-env` prints the settings for a shell',
    ]
    return [
      BLANK,
      ...texts.flatMap((text) => wrapText(text, size.columns - 3)).map((text) => line(`   ${text}`, 'dim')),
    ]
  }

  #listFooter(snapshot: LiveSnapshot, shown: number, size: Size): Frame {
    const { prompt, filter, follow, paused, sort } = this.#ui
    const words = {
      follow: `follow ${follow ? 'on' : 'off'}`,
      pause: paused ? 'continue' : 'pause',
      sort: `sort ${sort}`,
    }
    const states: string[] = []
    if (filter !== '' && prompt?.kind !== 'filter') states.push(`filter "${filter}": ${shown} shown`)
    if (paused) states.push(`paused, ${Math.max(0, this.#newRows(snapshot))} new`)
    const notice: Line[] = []
    if (states.length > 0) notice.push(line(` ${states.join('   ')}`, 'warn'))
    else if (snapshot.notice !== null)
      notice.push(line(` ${snapshot.notice.text}`, snapshot.notice.bad ? 'bad' : 'dim'))
    const last = prompt === null ? hintLine('live', size.columns, words) : promptLine(prompt, snapshot)
    return [rule(size.columns, this.#look), ...notice, last]
  }

  /** Rows that arrived since the pause. */
  #newRows({ rows }: LiveSnapshot): number {
    const before = this.#frozen?.at(-1)?.seq ?? 0
    return rows.filter(({ seq }) => seq > before).length
  }

  #detail(detail: LiveDetail, size: Size): Frame {
    const row = this.#source.snapshot().rows.find(({ seq }) => seq === detail.seq)
    const record = this.#source.record(detail.seq)
    const { prompt } = this.#ui
    const footer: Frame = [prompt === null ? hintLine('detail', size.columns) : promptLine(prompt, null)]
    if (row === undefined || record === null) {
      const why = row === undefined ? 'this request is no longer in the list' : missingText(row)
      const header = row === undefined ? [] : detailHeader(row, null, detail.tab, size.columns)
      return stack(
        { header: [...header, rule(size.columns, this.#look)], body: [BLANK, line(`   ${why}`)], footer },
        size,
      )
    }
    const header = [...detailHeader(row, record, detail.tab, size.columns), rule(size.columns, this.#look)]
    const lines = this.#detailBody(detail, size)
    const room = bodyRows({ header, footer }, size)
    return stack({ header, body: textPart(lines, detail.scroll, room), footer }, size)
  }

  #detailBody({ seq, tab, whyNot }: LiveDetail, { columns }: Size): Frame {
    const record = this.#source.record(seq)
    if (record === null) return []
    const view = { columns, look: this.#look, utcOffsetMinutes: this.#utcOffsetMinutes }
    const lines = detailLines(record, tab, view)
    return whyNot === null || tab !== 'decision' ? lines : [...whyNotLines(record, whyNot, view), BLANK, ...lines]
  }

  #detailOverflow(detail: LiveDetail, size: Size): number {
    return Math.max(0, this.#detailBody(detail, size).length - this.#page(size))
  }

  /** Lines of a screen that scroll: all but three header lines and the hints. */
  #page(size: Size): number {
    return Math.max(1, size.rows - 1 - (this.#ui.detail === null ? 6 : 4))
  }
}

function missingText(row: LiveRow): string {
  if (row.state === 'waiting') return 'not decided yet'
  return row.intent === ''
    ? `${row.route}: turned away before it was routed`
    : 'too old: only the newest records are kept'
}

function promptLine(prompt: NonNullable<LiveUi['prompt']>, snapshot: LiveSnapshot | null): Line {
  switch (prompt.kind) {
    case 'filter':
      return [span(' /', 'strong'), span(`${prompt.text}_`), span('   enter keep, esc clear', 'dim')]
    case 'why_not':
      return [span(' why not which model? ', 'strong'), span(`${prompt.text}_`), span('   esc cancel', 'dim')]
    case 'clear':
      return line(' clear the list? y/n', 'warn')
    case 'quit':
      return line(` ${snapshot?.status.inFlight ?? 0} requests are running. Stop? y/n`, 'warn')
  }
}
