/** The escape character, for patterns: a control character has no place in a literal one. */
export const ESC = '\u001b'

/** Colours and other text attributes. */
export const ATTRIBUTES = new RegExp(`${ESC}\\[[\\d;]*m`, 'g')
