import type { PairRow } from '../replay/types.ts'
import type { AnswerTexts } from '../report/view/pair-view.ts'
import type { FinishedRun } from '../report/view/replay-source.ts'

export type LoadedPair =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly message: string }
  /** `texts` is null until the answers are read. */
  | { readonly kind: 'row'; readonly row: PairRow; readonly texts: AnswerTexts | null }

/** The fixture that is open, read when it is first looked at. Only the newest wish counts. */
export class PairLoader {
  readonly #run: FinishedRun
  readonly #changed: () => void
  #key = ''
  #state: LoadedPair = { kind: 'loading' }

  constructor(run: FinishedRun, changed: () => void) {
    this.#run = run
    this.#changed = changed
  }

  at(candidate: number, index: number): LoadedPair {
    const key = `${candidate}/${index}`
    if (key !== this.#key) {
      this.#key = key
      this.#state = { kind: 'loading' }
      void this.#load(key, candidate, index)
    }
    return this.#state
  }

  async #load(key: string, candidate: number, index: number): Promise<void> {
    try {
      const row = await this.#run.pair(candidate, index)
      if (row === null) this.#set(key, { kind: 'failed', message: 'this fixture is no longer in the run' })
      else {
        this.#set(key, { kind: 'row', row, texts: null })
        this.#set(key, { kind: 'row', row, texts: await this.#run.texts(row, candidate) })
      }
    } catch (error) {
      this.#set(key, { kind: 'failed', message: error instanceof Error ? error.message : 'the row can not be read' })
    }
  }

  #set(key: string, state: LoadedPair): void {
    if (key !== this.#key) return
    this.#state = state
    this.#changed()
  }
}
