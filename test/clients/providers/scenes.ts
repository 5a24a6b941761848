/** What a scripted provider does, by the name of the model that it is asked for. */
export interface Scene {
  /** What the model thinks before it speaks. */
  readonly thoughts?: readonly string[]
  readonly texts: readonly string[]
  readonly calls: readonly {
    readonly id: string
    readonly name: string
    readonly args: Readonly<Record<string, string>>
  }[]
}

const NOTHING: Scene = { texts: [], calls: [] }

export const SCENES: Readonly<Record<string, Scene>> = {
  plain: { ...NOTHING, texts: ['Grüße, ', '世界 ', '🌍'] },
  call: { ...NOTHING, calls: [{ id: 'call_a', name: 'weather', args: { city: 'Rome' } }] },
  calls: {
    ...NOTHING,
    calls: [
      { id: 'call_a', name: 'weather', args: { city: 'Rome' } },
      { id: 'call_b', name: 'weather', args: { city: 'Oslo' } },
    ],
  },
  think: { ...NOTHING, thoughts: ['The sun ', 'is out.'], texts: ['It is ', 'sunny.'] },
  json: { ...NOTHING, texts: ['{"city":"Rome",', '"degrees":21}'] },
}

/** A stream that does not end before the client leaves. */
export const ENDLESS = 'endless'
/** Refuses the request with 400. */
export const REFUSED = 'refused'
/** Is asked for too often: every second request is answered. */
export const BUSY = 'busy'
export const MODELS: readonly string[] = [...Object.keys(SCENES), ENDLESS, REFUSED, BUSY]

export const INPUT_TOKENS = 9
export const OUTPUT_TOKENS = 4

/** One provider's way to say a scene. */
export interface Dialect {
  readonly kind: 'openai' | 'anthropic' | 'gemini'
  /** Path that base URLs of this kind end with. */
  readonly base: string
  /** Model and streaming of a request, wherever the format puts them. */
  asked(path: string, body: Readonly<Record<string, unknown>>): { readonly model: string; readonly stream: boolean }
  whole(scene: Scene): unknown
  /** Events without the end, so that a stream can go on for ever. */
  start(): readonly string[]
  text(text: string): readonly string[]
  /** All events of a scene. */
  stream(scene: Scene): readonly string[]
  refusal(message: string): unknown
  /** The body of a 429. */
  limited(message: string): unknown
  /** What the provider speaks at another of its paths; the dialect itself where there is nothing else. */
  at?(path: string): Dialect
}
