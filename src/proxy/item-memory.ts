import { canonicalJson, isJsonObject, type JsonObject } from '../wire/json.ts'

/** The items of one key: nobody reads what another key's answers held. */
export interface ItemShelf {
  find(id: string): JsonObject | null
  keep(items: readonly unknown[]): void
}

interface Kept {
  readonly item: JsonObject
  readonly chars: number
}

const MAX_ITEMS = 10_000
const MAX_CHARS = 32 * 1024 * 1024

/**
 * Output items of late answers, for clients that refer to them by id instead of sending them again, as some do unless told
 * that nothing is stored. In memory alone and bounded: the oldest go first, and a reference to one of them is refused.
 */
export class ItemMemory {
  readonly #items = new Map<string, Kept>()
  #chars = 0

  shelf(keyId: string): ItemShelf {
    const place = (id: string): string => canonicalJson([keyId, id])
    return {
      find: (id) => this.#items.get(place(id))?.item ?? null,
      keep: (items) => {
        for (const item of items) {
          if (isJsonObject(item) && typeof item['id'] === 'string') this.#keep(place(item['id']), item)
        }
      },
    }
  }

  #keep(key: string, item: JsonObject): void {
    const chars = JSON.stringify(item).length
    this.#drop(key)
    this.#items.set(key, { item, chars })
    this.#chars += chars
    // A Map keeps insertion order, so the first is the oldest.
    while (this.#items.size > MAX_ITEMS || this.#chars > MAX_CHARS) {
      const oldest = this.#items.keys().next()
      if (oldest.done === true) return
      this.#drop(oldest.value)
    }
  }

  #drop(key: string): void {
    this.#chars -= this.#items.get(key)?.chars ?? 0
    this.#items.delete(key)
  }
}
