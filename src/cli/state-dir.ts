import { join } from 'node:path'

/** Where a project keeps what is its own and never belongs into a repository. */
export function stateDir(projectDir: string): string {
  return join(projectDir, '.gateway')
}

export function databasePath(projectDir: string): string {
  return join(stateDir(projectDir), 'gateway.db')
}

/** The second place for the end of the audit log. */
export function auditHeadPath(projectDir: string): string {
  return join(stateDir(projectDir), 'audit-head')
}
