import { INTENTS } from '../intents.ts'
import type { KnownIntent } from './rules.ts'

/** The intents that have a score, in the order of every score vector. */
export const KNOWN_INTENTS: readonly KnownIntent[] = INTENTS.filter((intent) => intent !== 'unknown')
