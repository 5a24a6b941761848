// Writes ledger rows in a loop until it is killed, and says on stdout which of them it was told are durable.
import { createHash, randomUUID } from 'node:crypto'
import { recoverOrphans } from '../../dist/store/ledger/orphans.js'
import { createLedger } from '../../dist/store/ledger/ledger.js'
import { lockStore } from '../../dist/store/lock.js'
import { openDatabase } from '../../dist/store/open.js'

const [path] = process.argv.slice(2)
lockStore(path).announce({ port: 4100 })
const connection = openDatabase(path, { busyMs: 50 })
recoverOrphans(connection, Date.now())
const ledger = createLedger(connection, {
  onTrouble: ({ text }) => process.stderr.write(`${text}\n`),
  rollUpMs: 5,
  groupMs: 2,
})

async function client() {
  for (;;) {
    const requestId = `req_${randomUUID().replaceAll('-', '')}`
    const nanoUsd = 1 + (createHash('sha256').update(requestId).digest().readUInt16BE() % 1000)
    const opened = {
      id: `${requestId}.0`,
      requestId,
      attempt: 0,
      at: Date.now(),
      keyId: 'key_a',
      alias: 'a',
      groups: [],
      user: `user-${nanoUsd % 7}`,
      project: null,
      tags: [],
      endpoint: 'chat.completions',
      model: 'm',
      tier: 'free',
      provider: 'p',
      upstreamModel: 'm',
      intent: 'math',
      configHash: 'c',
      reservedNanoUsd: 5000,
    }
    ledger.opened(opened)
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 8))
    ledger.closed({
      ...opened,
      endedAt: Date.now(),
      outcome: 'answered',
      failure: null,
      status: 200,
      usage: null,
      costNanoUsd: nanoUsd,
      costBasis: 'reported',
      priceSource: null,
      priceAsOf: null,
      cache: 'bypass',
    })
    await ledger.durable()
    process.stdout.write(`${requestId} ${nanoUsd}\n`)
  }
}

process.stdout.write('ready\n')
await Promise.all(Array.from({ length: 8 }, () => client()))
