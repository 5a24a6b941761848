import type { Sleep } from './ports.ts'
import { timerMs } from './timer-ms.ts'

/** Waits in real time. */
export const realSleep: Sleep = (ms, signal) =>
  new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer)
      reject(abortError())
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    }, timerMs(ms))
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })

function abortError(): Error {
  return new DOMException('the wait was aborted', 'AbortError')
}
