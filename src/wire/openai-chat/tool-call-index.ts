/** One fragment of a tool call as a provider sent it. Empty names and ids count as absent: some hosts repeat them so. */
export interface ToolCallFragment {
  readonly index: number | null
  readonly id: string | null
  readonly name: string | null
}

export interface PlacedFragment {
  readonly index: number
  /** Set on the first fragment of a call alone. */
  readonly start: { readonly id: string; readonly name: string } | null
}

/**
 * Gives every tool call of a stream an index of its own. Providers merge parallel calls under one index, or leave the
 * index or id out; a client that binds fragments by index would then glue two calls together.
 */
export class ToolCallIndex {
  readonly #byId = new Map<string, number>()
  /** The call that fragments of a provider's index belong to at the moment. */
  readonly #byUpstream = new Map<number, number>()
  #count = 0

  get count(): number {
    return this.#count
  }

  /** Null for a fragment that belongs to no call: it has neither a name nor a call to continue. */
  place({ index, id, name }: ToolCallFragment): PlacedFragment | null {
    const known = this.#known({ index, id, name })
    if (known !== null) {
      if (index !== null) this.#byUpstream.set(index, known)
      return { index: known, start: null }
    }
    if (name === null) return null
    const next = this.#count
    this.#count += 1
    const callId = id ?? `call_${next}`
    this.#byId.set(callId, next)
    if (index !== null) this.#byUpstream.set(index, next)
    return { index: next, start: { id: callId, name } }
  }

  #known({ index, id, name }: ToolCallFragment): number | null {
    const byId = id === null ? undefined : this.#byId.get(id)
    if (byId !== undefined) return byId
    const current = index === null ? undefined : this.#byUpstream.get(index)
    // A name with an id never seen opens a call, even at an index that is taken.
    if (name !== null && (id !== null || current === undefined)) return null
    if (current !== undefined) return current
    return index === null && name === null && this.#count > 0 ? this.#count - 1 : null
  }
}
