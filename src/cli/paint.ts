import { noPaint, type Paint, type Tone } from '../report/style.ts'

/** Colours of the terminal by meaning; nothing is loaded, and nothing painted, when colour is off. */
export async function paintFor(color: boolean): Promise<Paint> {
  if (!color) return noPaint
  const { Chalk } = await import('chalk')
  const chalk = new Chalk({ level: 1 })
  const brush: Readonly<Record<Tone, (text: string) => string>> = {
    good: chalk.green,
    bad: chalk.red,
    warn: chalk.yellow,
    dim: chalk.dim,
    strong: chalk.bold,
    plain: (text) => text,
  }
  return (text, tone) => brush[tone](text)
}
