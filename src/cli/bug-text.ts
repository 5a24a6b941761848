/**
 * What may be said of a bug: its kind and where it happened. The message is left out, as it may quote what a client sent.
 */
export function bugText(bug: unknown, detail: 'first' | 'all'): string {
  if (!(bug instanceof Error)) return `something of type ${typeof bug} was thrown`
  const { stack = '', message } = bug
  // The stack begins with the message, and that may look like frames itself.
  const frames = stack
    .slice(Math.max(0, stack.indexOf(message)) + message.length)
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
  const shown = detail === 'all' ? frames : frames.slice(0, 1)
  return [bug.name, ...shown.map((frame) => frame.trim())].join('\n  ')
}
