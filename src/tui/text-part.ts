import { line, type Frame } from '../report/view/frame.ts'

/** A part of a long text; its last line says how much is left below. */
export function textPart(lines: Frame, scroll: number, room: number): Frame {
  const start = Math.min(scroll, Math.max(0, lines.length - room))
  const visible = lines.slice(start, start + room)
  const below = lines.length - start - visible.length
  return below <= 0 ? visible : [...visible.slice(0, -1), line(`   ${below + 1} more lines below`, 'dim')]
}
