/** Phrases of one language by cue name, separated by bars. */
export type WordList = Readonly<Record<string, string>>
