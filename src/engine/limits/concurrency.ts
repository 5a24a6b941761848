/** Takes one of `limit` places; null when all are taken. The state is the number of those in use. */
export function placeTake(inUse: number, limit: number): { readonly state: number; readonly remaining: number } | null {
  return inUse >= limit ? null : { state: inUse + 1, remaining: limit - inUse - 1 }
}

/** Frees one place. */
export function placeFree(inUse: number): number {
  return Math.max(0, inUse - 1)
}
