import type { Sleep } from './ports.ts'

/** The longest delay that a timer of Node takes; a longer one would fire at once. */
const LONGEST_MS = 2 ** 31 - 1

/** Waits in real time. */
export const realSleep: Sleep = (ms, signal) =>
  new Promise((resolve) => {
    const wake = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', wake)
      resolve()
    }
    const timer = setTimeout(wake, Math.min(Math.max(ms, 0), LONGEST_MS))
    if (signal.aborted) wake()
    else signal.addEventListener('abort', wake, { once: true })
  })
