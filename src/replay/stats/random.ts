/** A seeded generator; the statistics never draw from anything else. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number
  /** Uniform integer in [0, below). */
  below(below: number): number
}

/**
 * Generator for a text seed such as `7/cost.total/all`, so that a figure does not depend on what was computed before it.
 * Small fast counter (sfc32, C. Doty-Humphrey, PractRand), state filled by an FNV-1a hash of the text.
 */
export function createRandom(seed: string): Random {
  let a = hash32(seed, 0x811c9dc5)
  let b = hash32(seed, a ^ 0x9e3779b9)
  let c = hash32(seed, b ^ 0x85ebca6b)
  let counter = 1
  const next32 = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + sum) | 0
    return sum >>> 0
  }
  // The first outputs still show the seed.
  for (let i = 0; i < 12; i += 1) next32()
  return {
    next: () => next32() / 4294967296,
    below: (below) => Math.floor((next32() / 4294967296) * below),
  }
}

function hash32(text: string, basis: number): number {
  let hash = basis | 0
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash | 0
}
