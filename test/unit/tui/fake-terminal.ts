import { PassThrough } from 'node:stream'
import type { Size } from '../../../src/report/view/frame.ts'

/** A pair of streams that behave like a terminal of a size. */
export interface FakeTerminal {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly rawModes: readonly boolean[]
  /** All that was written. */
  output(): string
  type(text: string): void
  resize(size: Size): void
}

export function fakeTerminal(size: Size): FakeTerminal {
  const rawModes: boolean[] = []
  let text = ''
  const input = new PassThrough()
  const stdin = Object.assign(input, {
    isTTY: true,
    fd: 0,
    isRaw: false,
    ref: () => stdin,
    unref: () => stdin,
    setRawMode: (mode: boolean) => {
      rawModes.push(mode)
      return stdin
    },
  }) as unknown as NodeJS.ReadStream
  const output = new PassThrough()
  output.on('data', (chunk) => (text += String(chunk)))
  const stdout = Object.assign(output, { isTTY: true, fd: 1, ...size }) as unknown as NodeJS.WriteStream
  return {
    stdin,
    stdout,
    rawModes,
    output: () => text,
    type: (keys) => void input.write(keys),
    resize(next) {
      Object.assign(stdout, next)
      stdout.emit('resize')
    },
  }
}

/** Waits until something holds; fails after a while. */
export async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (holds()) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error('it did not happen in time')
}
