import type { Frame, Size } from '../report/view/frame.ts'
import type { KeyPress } from './key-name.ts'

/** What a key press asks of the terminal; everything else a program does within itself. */
export type Effect = 'quit' | 'suspend' | 'repaint' | 'interrupt' | 'none'

/** A full-screen program: a frame for a size, and what keys do. Knows nothing of Ink or of the process. */
export interface ScreenProgram {
  frame(size: Size): Frame
  press(press: KeyPress, size: Size): Effect
  /** Calls back when the frame may have changed; returns the way to stop. */
  subscribe(redraw: () => void): () => void
}
