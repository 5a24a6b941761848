/** Prints what a run came to, under its name. */
export function printFigures(name: string, figures: Readonly<Record<string, string | number>>): void {
  const lines = Object.entries(figures).map(([what, value]) => `  ${what}: ${value}`)
  process.stdout.write(`\n${name}\n${lines.join('\n')}\n`)
}

export function usd(nanoUsd: number): string {
  return `$${(nanoUsd / 1e9).toFixed(6)}`
}
