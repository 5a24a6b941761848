import type { KeyPress } from './key-name.ts'

/** A line that the user types at the bottom of the screen. */
export interface Prompt<Kind extends string> {
  readonly kind: Kind
  readonly text: string
}

export type PromptStep<Kind extends string> =
  | { readonly kind: 'edit'; readonly prompt: Prompt<Kind> }
  | { readonly kind: 'submit'; readonly text: string }
  | { readonly kind: 'cancel' }

/** Longest text that a prompt takes. */
const MOST_CHARACTERS = 200

/** What a key press does to a prompt. */
export function promptStep<Kind extends string>(prompt: Prompt<Kind>, press: KeyPress): PromptStep<Kind> {
  if (press.name === 'enter') return { kind: 'submit', text: prompt.text.trim() }
  if (press.name === 'esc') return { kind: 'cancel' }
  if (press.name === 'backspace') {
    return { kind: 'edit', prompt: { ...prompt, text: Array.from(prompt.text).slice(0, -1).join('') } }
  }
  if (press.name === 'ctrl-u') return { kind: 'edit', prompt: { ...prompt, text: '' } }
  return { kind: 'edit', prompt: { ...prompt, text: `${prompt.text}${press.text}`.slice(0, MOST_CHARACTERS) } }
}
