import type { Size } from '../report/view/frame.ts'

export interface Painter {
  /** Shows a frame; when frames come faster than the limit, the last one wins. */
  show(text: string): void
  /** Forgets what is on the screen, so that the next frame is drawn in full. */
  forget(): void
  /** Stops drawing for good or until `resume`. */
  pause(): void
  resume(): void
}

/** More frames a second cost a core and show nothing more. */
const MOST_FRAMES_PER_SECOND = 12
const FRAME_MS = Math.ceil(1000 / MOST_FRAMES_PER_SECOND)

/**
 * Writes frames with absolute positions, only the lines that changed. Nothing ever scrolls and no frame is higher than
 * rows - 1: a frame as high as the terminal makes Ink's own writer erase the scrollback on every update.
 */
export function createPainter(write: (text: string) => void, size: () => Size): Painter {
  let shown: readonly string[] | null = null
  let shownSize: Size = { columns: 0, rows: 0 }
  let latest: string | null = null
  let timer: NodeJS.Timeout | null = null
  let active = true

  const flush = (): void => {
    timer = null
    if (latest === null || !active) return
    const now = size()
    const resized = now.columns !== shownSize.columns || now.rows !== shownSize.rows
    const lines = latest.split('\n').slice(0, Math.max(1, now.rows - 1))
    const text = changes(resized ? null : shown, lines)
    latest = null
    shown = lines
    shownSize = now
    if (text === '') return
    write(text)
    timer = setTimeout(flush, FRAME_MS)
  }
  return {
    show(text) {
      latest = text
      if (timer === null) flush()
    },
    forget() {
      shown = null
    },
    pause() {
      active = false
      if (timer !== null) clearTimeout(timer)
      timer = null
    },
    resume() {
      active = true
      shown = null
    },
  }
}

const CLEAR = '\u001b[2J'

function changes(before: readonly string[] | null, after: readonly string[]): string {
  const parts: string[] = before === null ? [CLEAR] : []
  for (let row = 0; row < Math.max(after.length, before?.length ?? 0); row += 1) {
    const next = after[row] ?? ''
    // The line is erased before it is written: erasing behind a line of full width would take its last character.
    if (before === null || before[row] !== next) parts.push(`\u001b[${row + 1};1H\u001b[2K${next}`)
  }
  return parts.join('')
}
