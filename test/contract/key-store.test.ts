import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { chainEntry } from '../../src/auth/audit-chain.ts'
import { createAuditStore } from '../../src/store/audit.ts'
import { createKeyStore } from '../../src/store/keys.ts'
import { openDatabase } from '../../src/store/open.ts'
import { memoryStores } from '../unit/auth/memory-store.ts'
import { describeKeyStore } from './key-store.ts'

const directory = mkdtempSync(join(tmpdir(), 'gateway-keys-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

let opened = 0

describeKeyStore('memory', memoryStores)
describeKeyStore('SQLite', () => {
  opened += 1
  const connection = openDatabase(join(directory, `${opened}.db`))
  const audit = createAuditStore(connection, { chain: chainEntry, headFile: join(directory, `${opened}.head`) })
  return { keys: createKeyStore(connection, audit), audit }
})
