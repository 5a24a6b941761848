/** What a test asks of a client, in no client's words. */
export interface Ask {
  /** A model whose name says what it does; see `providers/scenes.ts`. */
  readonly model: string
  readonly stream: boolean
  /** Declares the tool of the scenes and demands that one is called. */
  readonly tools?: boolean
  /** Asks for JSON by a schema. */
  readonly schema?: boolean
  /** Sends a picture along. */
  readonly image?: boolean
  /** Lets the client try once more by itself. */
  readonly retry?: boolean
}

/** What a client made of the answer. */
export interface Got {
  readonly text: string
  /** What the client shows of the model's thoughts; empty when it knows of none. */
  readonly thought: string
  readonly calls: readonly { readonly name: string; readonly args: unknown }[]
  readonly finish: 'stop' | 'tool_calls' | 'other'
  readonly inputTokens: number | null
  readonly outputTokens: number | null
}

export interface Place {
  /** Without `/v1`. */
  readonly url: string
  readonly key: string
}

/** One official client, its own retries switched off unless a test asks for one. */
export interface Client {
  readonly name: string
  ask(place: Place, ask: Ask): Promise<Got>
  /** Opens a stream, waits for the first text and leaves. */
  leave(place: Place, model: string): Promise<void>
  /** Status and text of the error that the client throws. */
  fail(place: Place, model: string): Promise<{ readonly status: number | undefined; readonly message: string }>
}

export const QUESTION = 'What is the weather like?'
export const TOOL = {
  name: 'weather',
  description: 'The weather of a city.',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
} as const
export const SCHEMA = {
  type: 'object',
  properties: { city: { type: 'string' }, degrees: { type: 'integer' } },
  required: ['city', 'degrees'],
  additionalProperties: false,
} as const
/** A picture of one pixel. */
export const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

/** Arguments as the client hands them over, which may be their text. */
export function argumentsOf(given: unknown): unknown {
  return typeof given === 'string' ? JSON.parse(given) : given
}

/** The rejection of a call that has to fail. */
export async function rejection(call: Promise<unknown>): Promise<object> {
  try {
    await call
  } catch (error) {
    if (typeof error === 'object' && error !== null) return error
    throw error
  }
  throw new Error('the call did not fail')
}

/** Status and text of an error, under the names that clients give them. */
export function facesOf(error: object): { status: number | undefined; message: string } {
  const status = ['status', 'statusCode'].map((name) => memberOf(error, name)).find((one) => typeof one === 'number')
  const message = memberOf(error, 'message')
  return {
    status: typeof status === 'number' ? status : undefined,
    message: typeof message === 'string' ? message : '',
  }
}

function memberOf(value: object, name: string): unknown {
  const entries: Readonly<Record<string, unknown>> = { ...value, ...named(value) }
  return entries[name]
}

/** Members that are not the object's own, such as the message of an error. */
function named(value: object): Readonly<Record<string, unknown>> {
  return value instanceof Error ? { message: value.message } : {}
}
