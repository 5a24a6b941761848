import type { EffectiveValue } from '../../config/origins.ts'
import { openUserSettings } from '../../config/user-settings.ts'
import type { CliContext } from '../context.ts'

/**
 * Preferences of the terminal from the user's settings, below flags and environment. Only commands that draw a screen
 * ask for them, because the settings package takes its time to load.
 */
export async function withPreferences(context: CliContext): Promise<CliContext> {
  const stored = (await openUserSettings(context.env)).preferences()
  const ui = context.ui === 'auto' && context.env['GATEWAY_UI'] === undefined ? storedUi(stored['ui']) : context.ui
  return {
    ...context,
    ui,
    ascii: context.ascii || (context.env['GATEWAY_ASCII'] === undefined && stored['ascii'] === true),
    screenReader:
      context.screenReader || (context.env['INK_SCREEN_READER'] === undefined && stored['screenReader'] === true),
    interactive: context.interactive && ui !== 'plain' && ui !== 'none',
  }
}

function storedUi(value: string | boolean | undefined): CliContext['ui'] {
  return value === 'tui' || value === 'plain' || value === 'none' ? value : 'auto'
}

/** The preferences with their origins, for `config print --origins`. */
export async function preferenceRows(context: CliContext): Promise<readonly EffectiveValue[]> {
  const settings = await openUserSettings(context.env)
  const stored = settings.preferences()
  const applied = await withPreferences(context)
  const origin = (key: string, variable: string, isSet: boolean): string => {
    if (context.env[variable] !== undefined) return variable
    if (isSet) return 'flag'
    return stored[key] === undefined ? 'default' : settings.path
  }
  return [
    { path: 'ui', value: applied.ui, origin: origin('ui', 'GATEWAY_UI', context.ui !== 'auto') },
    { path: 'ascii', value: applied.ascii, origin: origin('ascii', 'GATEWAY_ASCII', context.ascii) },
    {
      path: 'screenReader',
      value: applied.screenReader,
      origin: origin('screenReader', 'INK_SCREEN_READER', context.screenReader),
    },
  ]
}
