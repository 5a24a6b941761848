/**
 * One kind of secret. `keywords` are found first, all rules in one pass over the text; only then the pattern is tried,
 * at the keyword alone, so that the cost of a text does not depend on what is in it.
 */
export interface SecretRule {
  readonly id: string
  /** Name for the placeholder. */
  readonly type: string
  /** Lower case; matched without regard to case. */
  readonly keywords: readonly string[]
  /**
   * Sticky, tried at the keyword's first character. Every quantifier is bounded. Its first group, if any, is the secret,
   * else the whole match is.
   */
  readonly pattern: RegExp
  /** The keyword may follow a letter or digit, as it is not itself the start of the secret. */
  readonly anywhere?: boolean
  /** Further test of the secret; false drops the finding. */
  readonly accept?: (secret: string) => boolean
  /** Characters that the secret goes on with when the bounded pattern stopped before its end. */
  readonly goesOn?: RegExp
}
