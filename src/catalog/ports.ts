import type { Modality } from '../engine/matrix.ts'

/** A configured provider, as far as the matrix needs it. */
export interface ServingProvider {
  readonly name: string
  /** Vendor of its models in the catalogue; null when the user lists the models. */
  readonly vendor: string | null
  /** May serve any model of the catalogue. */
  readonly simulated: boolean
  readonly hasCredentials: boolean
}

interface PriceOverride {
  /** Pico-dollars per token. */
  readonly input?: number | undefined
  readonly output?: number | undefined
  readonly cache_read?: number | undefined
  readonly cache_write?: number | undefined
  readonly cache_write_1h?: number | undefined
  readonly reasoning?: number | undefined
}

/** A row of the user's `models` section, units converted. */
export interface ModelOverride {
  readonly provider?: readonly string[] | undefined
  readonly upstream_model?: string | undefined
  readonly kind?: 'chat' | 'embedding' | undefined
  readonly family?: string | undefined
  readonly tier?: string | undefined
  readonly context_window?: number | undefined
  readonly max_input?: number | undefined
  readonly max_output?: number | undefined
  readonly price?:
    | (PriceOverride & { readonly above?: readonly (PriceOverride & { readonly input_tokens: number })[] | undefined })
    | undefined
  readonly capabilities?: readonly string[] | Readonly<Record<string, boolean | undefined>> | undefined
  readonly modalities?: readonly Modality[] | undefined
  readonly quality?: number | Readonly<Record<string, number>> | undefined
  /** Milliseconds. */
  readonly latency?:
    | {
        readonly first_token_p50: number
        readonly first_token_p95: number
        readonly per_token_p50: number
        readonly per_token_p95: number
      }
    | undefined
  readonly released?: string | undefined
  readonly deprecated?: string | undefined
  readonly retires?: string | undefined
  readonly region?: string | undefined
}
