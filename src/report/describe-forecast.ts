import type { GateForecast } from '../replay/gates/foresee.ts'
import { counted, percent } from './format.ts'

/** A warning before money is spent. */
export function describeForecast(forecast: GateForecast): string {
  switch (forecast.code) {
    case 'no_fixtures':
      return `gate ${forecast.gate}: no fixture matches its filter`
    case 'can_not_be_decided':
      return `gate ${forecast.gate} can not pass with ${forecast.fixtures} independent fixtures, even without one bad answer: it needs at least ${forecast.needed}`
    case 'unlikely_to_be_decided':
      return `gate ${forecast.gate} will hardly be decided: with ${counted(forecast.changed, 'changed route')} of ${forecast.fixtures}, of which ${percent(forecast.discordance, 0)} come out differently, it needs ~${forecast.needed} fixtures`
  }
}
