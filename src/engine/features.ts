import type { Modality } from './matrix.ts'

/** What the engine knows of a request. Numbers, flags and names only: no prompt text ever gets in here. */
export interface Features {
  /** Estimated prompt tokens over messages, tools and schema. */
  readonly inputTokens: number
  /** Only for callers whom a hard budget concerns; absent: nothing bounds the prompt but the model's window. */
  readonly inputBound?: InputBound
  /** The client's own output limit, null when it set none. */
  readonly maxOutputTokens: number | null
  readonly turns: number
  readonly userTurns: number
  readonly chars: {
    readonly system: number
    readonly user: number
    readonly assistant: number
    readonly tool: number
    readonly lastUser: number
  }
  /** Dominant natural language of the last user turn as ISO 639-1, `und` when undecided. */
  readonly language: string
  readonly script: string
  readonly modalities: readonly Modality[]
  readonly needs: {
    readonly tools: boolean
    readonly parallelTools: boolean
    readonly jsonMode: boolean
    readonly jsonSchema: boolean
    readonly stream: boolean
    readonly choices: number
    /** Names of sampling parameters that were set. */
    readonly parameters: readonly string[]
  }
  /** Tool results are present: an agent loop is running. */
  readonly agentLoop: boolean
  /** Names of the cues seen (for example `code.fence`, `verb.translate`, `shape.diff`) with their strengths, 0..1. */
  readonly cues: Readonly<Record<string, number>>
}

export interface InputBound {
  /** No tokenizer makes more tokens of the prompt; null when a part of it has a size that only the provider knows. */
  readonly tokens: number | null
  /** For how long the request asks the provider to keep its prompt, which costs extra. */
  readonly cacheWrite: 'none' | '5m' | '1h'
  /** The request asks for a dearer service than the price lists speak of, such as a faster one. */
  readonly surcharge?: true
}
