import type { ResponseStore } from '../replay/ports.ts'
import type { Connection } from './open.ts'

/** Answers that earlier replays got from providers, by fixture key and model. */
export function createResponseStore(connection: Connection): ResponseStore {
  const find = connection.prepare<[string, string], { response: string }>(
    'SELECT response FROM response WHERE key = ? AND model = ?',
  )
  const save = connection.prepare('INSERT OR REPLACE INTO response (key, model, response, at_ms) VALUES (?, ?, ?, ?)')
  return {
    find(key, model) {
      const row = find.get(key, model)
      return row === undefined ? undefined : JSON.parse(row.response)
    },
    save({ key, model, response, at }) {
      save.run(key, model, JSON.stringify(response), at)
    },
  }
}
