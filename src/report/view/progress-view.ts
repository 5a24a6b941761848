import { duration } from '../../engine/describe/amounts.ts'
import { counted } from '../format.ts'
import { bar, BLANK, joinSegments, line, span, type Frame, type Line } from './frame.ts'
import type { Phase, RecentPair, ReplayProgress } from './replay-progress.ts'
import { evidenceWord } from './replay-texts.ts'
import { fit, type Look } from './width.ts'

/** Screen "replay progress": what is done of each phase, where answers come from, what changed so far. */
export function progressFrame(progress: ReplayProgress, columns: number, look: Look): Frame {
  const { facts, phases, evidence, candidates, elapsedMs, leftMs, paused } = progress
  const rest = leftMs === null ? '' : `  about ${duration(leftMs)} left`
  return [
    joinSegments(
      [
        { spans: line(` replay ${facts.mode === 'plan' ? 'plan ' : ''}`, 'strong'), keep: 9 },
        {
          spans: line(
            `${counted(facts.candidates.length, 'candidate')} ${look.symbols.times} ${counted(facts.fixtures, 'fixture')}`,
          ),
          keep: 8,
        },
        { spans: line(`baseline ${facts.baseline}`), keep: 5 },
        { spans: line(`seed ${facts.seed}`, 'dim'), keep: 3 },
        { spans: paused ? line('PAUSED', 'warn') : [], keep: 10 },
      ],
      columns,
      '   ',
    ),
    BLANK,
    ...phases.map((phase) => phaseLine(phase, columns)),
    line(` ${'elapsed'.padEnd(9)}${duration(elapsedMs)}${rest}`),
    BLANK,
    line(` ${'answers'.padEnd(9)}${evidence.map(([label, count]) => `${evidenceWord(label)} ${count}`).join('  ')}`),
    line(' so far (no verdict until complete)', 'dim'),
    ...candidates.map(({ name, changed, worse }) => {
      const text = `   ${name}: ${counted(changed, 'route')} changed`
      return worse === 0 ? line(text) : [span(text), span(`, ${worse} worse`, 'warn')]
    }),
    BLANK,
    ...progress.recent.map((pair) => recentLine(pair, columns, look)),
  ]
}

function phaseLine({ name, done, of }: Phase, columns: number): Line {
  const count = `${done}/${of}`
  const width = Math.max(10, Math.min(40, columns - 14 - count.length))
  return line(` ${name.padEnd(9)}${bar(of === 0 ? 0 : done / of, width)} ${count}`)
}

function recentLine({ fixture, intent, route, evidence, note }: RecentPair, columns: number, look: Look): Line {
  const head = `   ${fit(fixture, 16, { look })} ${fit(intent, 14, { look })} `
  const room = Math.max(8, columns - head.length - note.length - 4)
  const text = `${head}${fit(route, room, { look })} ${evidence}`
  return note === '' ? line(text, 'dim') : [span(`${text} `, 'dim'), span(note, 'warn')]
}
