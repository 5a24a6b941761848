import type { JsonObject, JsonValue } from './json.ts'
import type { TokenUsage } from './usage.ts'

/** The network formats that a client can speak. */
export type WireFormat = 'openai-chat' | 'openai-responses' | 'anthropic' | 'gemini'

export type Role = 'system' | 'user' | 'assistant' | 'tool'

export type MediaSource =
  /** `mime` where the format names it. */
  | { readonly kind: 'url'; readonly url: string; readonly mime?: string }
  | { readonly kind: 'data'; readonly mime: string; readonly base64: string }
  | { readonly kind: 'provider-file'; readonly fileId: string }
  /** A document that came as plain text. */
  | { readonly kind: 'text'; readonly mime: string; readonly text: string }

/**
 * A provider's seal on what its model thought. It has to come back unchanged, and only to the format that `signedBy`
 * names: any other provider refuses it.
 */
export interface Signed {
  readonly signature?: string
  readonly signedBy?: WireFormat
}

/** Where a prompt may be cached: Anthropic's mark, as it came. */
export interface CacheMarked {
  readonly cacheControl?: JsonObject
}

/** What a passage of an answer rests on. Positions are characters of the text in which it stands. */
export type Citation = {
  readonly start: number
  readonly end: number
  readonly url?: string
  readonly title?: string
  /** What the source says. */
  readonly quote?: string
  /** As its own format wrote it, which takes nothing else back. */
  readonly own?: { readonly format: WireFormat; readonly value: JsonValue }
}

/** One typed piece of a message. Every format is translated into blocks and back; nothing is flattened to text. */
export type Block =
  | ({ readonly kind: 'text'; readonly text: string; readonly citations?: readonly Citation[] } & Signed & CacheMarked)
  | ({ readonly kind: 'image'; readonly source: MediaSource; readonly detail?: string } & Signed & CacheMarked)
  | ({ readonly kind: 'audio'; readonly source: MediaSource; readonly format?: string } & CacheMarked)
  | ({
      readonly kind: 'file'
      readonly source: MediaSource
      readonly name?: string
      /** What Anthropic keeps beside a document: its context and whether to cite it. */
      readonly extra?: JsonObject
    } & CacheMarked)
  | ({
      readonly kind: 'tool_use'
      readonly id: string
      readonly name: string
      readonly argumentsJson: string
      /** A call of a custom tool: `argumentsJson` is then free text, not JSON. */
      readonly custom?: true
    } & Signed &
      CacheMarked)
  | ({
      readonly kind: 'tool_result'
      readonly toolUseId: string
      readonly blocks: readonly Block[]
      readonly isError?: boolean
      /** The tool, where a format names it beside the call. */
      readonly name?: string
    } & CacheMarked)
  /** `redacted`: thought that the provider hides; the text is empty then and this goes back unchanged. */
  | ({ readonly kind: 'reasoning'; readonly text: string; readonly redacted?: string } & Signed)
  | { readonly kind: 'refusal'; readonly text: string }
  /** A block that only its own format knows, such as the calls of tools that a provider runs itself. */
  | { readonly kind: 'opaque'; readonly format: WireFormat; readonly value: JsonObject }

export type MediaBlock = Extract<Block, { kind: 'image' | 'audio' | 'file' }>

export interface Message {
  readonly role: Role
  readonly name?: string
  readonly blocks: readonly Block[]
}

export interface ToolDefinition {
  readonly name: string
  readonly description?: string
  /** JSON Schema of the arguments. */
  readonly parameters?: JsonObject
  readonly strict?: boolean
  /** Set for a tool that takes free text in a grammar instead of JSON arguments. */
  readonly custom?: { readonly format?: JsonObject }
  readonly cacheControl?: JsonObject
  /** Further members that only its format knows. */
  readonly extra?: JsonObject
  /** Set for a tool that the provider runs itself: its definition, for that format alone. */
  readonly hosted?: { readonly format: WireFormat; readonly definition: JsonObject }
}

export type ToolChoice =
  | { readonly kind: 'auto' }
  | { readonly kind: 'none' }
  | { readonly kind: 'required' }
  | { readonly kind: 'named'; readonly name: string }
  /** Only these of the listed tools; `required`: one of them has to be called. */
  | { readonly kind: 'allowed'; readonly names: readonly string[]; readonly required: boolean }

export type ResponseFormat =
  | { readonly kind: 'text' }
  | { readonly kind: 'json_object' }
  | {
      readonly kind: 'json_schema'
      readonly name: string
      readonly schema: JsonObject
      readonly strict?: boolean
      readonly description?: string
    }

/** Sampling and output parameters that have a meaning in more than one format. Absent means: the provider's default. */
export interface Sampling {
  readonly temperature?: number
  readonly topP?: number
  readonly topK?: number
  readonly seed?: number
  readonly stop?: readonly string[]
  readonly presencePenalty?: number
  readonly frequencyPenalty?: number
  readonly reasoningEffort?: string
}

/** What a request for embeddings asks; its texts stand here alone, as no message holds a list of them. */
export interface EmbeddingsAsked {
  /** Texts, or texts that the client has cut into tokens itself. */
  readonly inputs: readonly string[] | readonly (readonly number[])[]
  readonly encoding: 'float' | 'base64'
  readonly dimensions?: number
}

/** A request in no provider's dialect: what the engine reads, what adapters write from, what a fixture stores. */
export interface CanonicalRequest {
  readonly format: WireFormat
  /** As the client wrote it: a model, an alias, `auto`, `auto:<policy>` or `tier:<name>`. */
  readonly model: string
  readonly messages: readonly Message[]
  readonly tools: readonly ToolDefinition[]
  readonly toolChoice?: ToolChoice
  readonly parallelToolCalls?: boolean
  readonly responseFormat: ResponseFormat
  readonly sampling: Sampling
  readonly maxOutputTokens?: number
  /** Number of answers asked for, at least 1. */
  readonly choices: number
  readonly stream: boolean
  /** The client asked for a usage chunk at the end of the stream. */
  readonly includeUsage: boolean
  /** The client's own name for its end user, as its format has one. */
  readonly endUser?: string
  readonly promptCacheKey?: string
  readonly metadata: Readonly<Record<string, string>>
  /** Top-level members that have no canonical meaning; passed on unchanged to providers of the same format. */
  readonly extra: Readonly<Record<string, JsonValue>>
  /** Headers by which the client chose a variant of its format, such as `anthropic-version`; lower case. */
  readonly protocol?: Readonly<Record<string, string>>
  /** Set for a request for embeddings; `messages` then holds its longest text, by which it is measured. */
  readonly embeddings?: EmbeddingsAsked
}

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'error'

/** One vector: numbers, or little-endian 32-bit floats in base64. */
export type EmbeddingVector = readonly number[] | string

export interface CanonicalAnswer {
  /** The provider's id of the answer. */
  readonly id: string
  /** The model name the provider reports. */
  readonly model: string
  readonly blocks: readonly Block[]
  readonly finish: FinishReason | null
  /** Null when the provider reported none. */
  readonly usage: TokenUsage | null
  /** Of a stream that broke before its usage came: what the provider had said of the prompt at the start. */
  readonly promptUsage?: TokenUsage
  /** The stop text that ended the answer, where the provider names it. */
  readonly stopSequence?: string
  /** Set in an answer to a request for embeddings: one vector for each input. */
  readonly embeddings?: readonly EmbeddingVector[]
}

/**
 * One step of a streamed answer. `raw` is the provider's own event payload, present when the upstream format is the
 * client's format, so that an unchanged part can be relayed without being encoded again. An empty `raw` says that the
 * payload of a part before it holds this part too; whoever changes one of them takes `raw` away from all of them.
 */
export type StreamPart =
  | {
      readonly kind: 'start'
      readonly id: string
      readonly model: string
      /** The provider's own time stamp, seconds since the epoch. */
      readonly created?: number
      /** What the provider says of the prompt before there is an answer; no output is in it. */
      readonly promptUsage?: TokenUsage
      readonly raw?: string
    }
  /** Citations come with an empty text after what they cite; their positions count over all texts of the answer. */
  | ({
      readonly kind: 'text'
      readonly text: string
      readonly citations?: readonly Citation[]
      readonly raw?: string
    } & Signed)
  /** A signature, or redacted thought, comes as a part of its own with an empty text. */
  | ({ readonly kind: 'reasoning'; readonly text: string; readonly redacted?: string; readonly raw?: string } & Signed)
  | { readonly kind: 'refusal'; readonly text: string; readonly raw?: string }
  | ({
      readonly kind: 'tool_delta'
      readonly index: number
      readonly id?: string
      readonly name?: string
      readonly argumentsDelta: string
      readonly raw?: string
    } & Signed)
  /** A picture, sound or file that the model made, whole. */
  | { readonly kind: 'media'; readonly block: MediaBlock; readonly raw?: string }
  | { readonly kind: 'finish'; readonly reason: FinishReason; readonly stopSequence?: string; readonly raw?: string }
  | { readonly kind: 'usage'; readonly usage: TokenUsage; readonly raw?: string }
  /** `framing`: an event that only frames others; an answer of nothing but such parts is empty. */
  | { readonly kind: 'opaque'; readonly raw: string; readonly framing?: true }
