/** Share of the time left that a whole answer may take while another target is at hand. */
const WHOLE_ANSWER_SHARE = 2 / 3

export interface TimeLeft {
  /** Until the deadline of the exchange. */
  readonly leftMs: number
  readonly stream: boolean
  /** Attempts that are still allowed, this one included. */
  readonly attemptsLeft: number
  /** Whether another target of the plan could be called. */
  readonly another: () => boolean
}

/**
 * How long an attempt may take to its first content. A whole answer has no first content apart from its end: while another
 * target is at hand, part of the time is kept for that one, as a stalled provider would use up all of it.
 */
export function withinMs({ leftMs, stream, attemptsLeft, another }: TimeLeft): number {
  return !stream && attemptsLeft > 1 && another() ? leftMs * WHOLE_ANSWER_SHARE : leftMs
}
