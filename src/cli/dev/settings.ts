import type { Generation } from '../../pipeline/ports.ts'
import type { Project } from '../project.ts'

/** The config generation in force, and what became of the last attempt to replace it. */
interface Settings {
  readonly project: Project
  readonly generation: Generation
  readonly rejected: string | null
}

/** One variable that everybody reads and one assignment that replaces it, so that a request sees one config throughout. */
export interface SettingsHolder {
  current(): Settings
  accept(project: Project): void
  reject(why: string): void
}

export function holdSettings(first: Project, seed: number): SettingsHolder {
  let settings = settingsOf(first, seed)
  return {
    current: () => settings,
    accept(project) {
      settings = settingsOf(project, seed)
    },
    reject(why) {
      settings = { ...settings, rejected: why }
    },
  }
}

function settingsOf(project: Project, seed: number): Settings {
  return { project, generation: { routing: project.routing, matrix: project.matrix, seed }, rejected: null }
}
