import { baseUrlFault } from './base-url.ts'
import type { Cursor } from './cursor.ts'
import { factsOf } from './presets.ts'
import type { Report } from './report.ts'
import { readReference } from './secret-reference.ts'

/** What the schema can not see in `providers`: parts that need or exclude each other, targets, literal secrets. */
export function checkProviders(root: Cursor, report: Report): void {
  for (const [name, provider] of root.at('providers').entries()) {
    checkForm(name, provider, report)
    checkTarget(provider, report)
    checkKeys(provider, report)
  }
}

function checkForm(name: string, provider: Cursor, report: Report): void {
  const [kind, preset] = [provider.at('kind').text(), provider.at('preset').text()]
  if (kind === undefined && preset === undefined) {
    report.add({
      code: 'config_conflict',
      path: provider.path,
      on: 'key',
      message: `provider "${name}" has neither "kind" nor "preset"`,
      fix: 'add for example `kind: openai` or `preset: mistral`',
    })
  }
  const facts = factsOf({ kind, preset, quirks: provider.at('quirks').text() })
  if (kind !== undefined && preset !== undefined && facts.kind !== kind) {
    report.add({
      code: 'config_conflict',
      path: provider.at('kind').path,
      message: `provider "${name}" has preset "${preset}", which is of kind ${facts.kind}, not ${kind}`,
      fix: 'remove "kind"; the preset fills it',
    })
  }
  if (kind === 'openai-compatible' && facts.baseUrl === null && !provider.at('base_url').exists) {
    report.add({
      code: 'config_conflict',
      path: provider.path,
      on: 'key',
      message: `provider "${name}" is openai-compatible but has no "base_url"`,
      fix: 'add the URL of its API, usually ending in /v1, or use a preset',
    })
  }
  if (kind !== 'simulated') return
  for (const key of ['base_url', 'api_keys', 'quirks']) {
    if (!provider.at(key).exists) continue
    report.add({
      code: 'config_conflict',
      path: provider.at(key).path,
      on: 'key',
      message: `provider "${name}" is simulated, so it has no "${key}"`,
      fix: `remove "${key}"`,
    })
  }
}

function checkTarget(provider: Cursor, report: Report): void {
  const url = provider.at('base_url')
  const fault = url.text() === undefined ? undefined : baseUrlFault(url.text() ?? '')
  if (fault === undefined) return
  report.add({
    code: fault.startsWith('no user') ? 'config_literal_secret' : 'config_bad_value',
    path: url.path,
    message: `"${String(url.path[1])}" has a base_url that can not be used: ${fault}`,
  })
}

function checkKeys(provider: Cursor, report: Report): void {
  const facts = factsOf({
    kind: provider.at('kind').text(),
    preset: provider.at('preset').text(),
    quirks: provider.at('quirks').text(),
  })
  for (const key of provider.at('api_keys').items()) {
    const text = key.text()
    if (text === undefined || readReference(text) !== undefined) continue
    const name = String(key.path[1])
    const envName = facts.envNames[0] ?? `${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}_API_KEY`
    report.add({
      code: 'config_literal_secret',
      path: key.path,
      message: `provider "${name}" has a key written into the file`,
      note: 'a reference is expected here',
      fix: `put the key into the environment and write "\${${envName}}", or into a file and write "file:path"`,
    })
  }
}
