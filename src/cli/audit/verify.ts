import { verifyAudit, type Anchor, type AuditFault } from '../../auth/audit-chain.ts'
import { readHead } from '../../store/audit.ts'
import { storeFailure } from '../../store/failure.ts'
import { GatewayError } from '../../wire/errors.ts'
import type { CliContext } from '../context.ts'
import { projectDirOf } from '../keys/stores.ts'
import { auditHeadPath } from '../state-dir.ts'
import { entriesAfter, withAudit } from './entries.ts'

const EXIT_BROKEN = 1

/** `gateway audit verify`: 0 when the log is what was written, 1 at the first place where it is not. */
export function runVerify(context: CliContext, head: string | undefined): number {
  const file = auditHeadPath(projectDirOf(context))
  const kept = keptHead(file)
  const anchors: Anchor[] = [
    ...(head === undefined ? [] : [{ hash: hashOf(head), from: '--head' }]),
    ...(kept === null ? [] : [{ ...kept, from: '.gateway/audit-head' }]),
  ]
  const { fault, entries, head: newest } = withAudit(context, (audit) => verifyAudit(entriesAfter(audit, 0), anchors))
  if (context.json) context.out(JSON.stringify({ whole: fault === null, entries, head: newest, fault }, null, 2))
  else if (fault === null) context.out(`whole: ${entries} entries${newest === null ? '' : `, head ${newest}`}`)
  else context.out(`broken: ${faultText(fault)}`)
  if (fault === null && newest !== null)
    context.note('whoever can write all of .gateway can make a new log: note the head elsewhere, and give it as --head')
  if (kept === null && newest !== null) context.note('.gateway/audit-head is missing, so it was not compared')
  return fault === null ? 0 : EXIT_BROKEN
}

/** One that can not be read is no reason to say that the log is whole. */
function keptHead(file: string): ReturnType<typeof readHead> {
  try {
    return readHead(file)
  } catch (error) {
    throw storeFailure(file, error)
  }
}

function hashOf(text: string): string {
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase()
  throw new GatewayError('usage_error', '`--head` must be a hash of 64 hexadecimal digits', {
    hint: '`gateway audit verify` prints the present one',
  })
}

function faultText(fault: AuditFault): string {
  switch (fault.kind) {
    case 'edited':
      return `entry ${fault.seq} was changed or moved there from another place`
    case 'missing':
      return `entry ${fault.seq} is missing; ${fault.found} comes next`
    case 'unlinked':
      return `entry ${fault.seq} does not follow the one before it, which was replaced`
    case 'cut':
      return `it ends with entry ${fault.last}, and the one whose hash ${fault.anchor.from} has is not in it: the end was cut off or rewritten`
  }
}
