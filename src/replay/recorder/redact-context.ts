import type { Candidate, Decision, Rights } from '../../engine/decision.ts'
import type { StateSnapshot } from '../../engine/state.ts'
import type { RedactionProfile, SessionRedactor } from '../../guardrails/redactor.ts'
import { keyedHash } from '../fixtures/key.ts'

/** How names of people, keys and conversations are replaced in everything around the text. */
export interface Identities {
  readonly profile: RedactionProfile
  readonly salt: string
  readonly session: SessionRedactor
}

type IdentityKind = 'user' | 'project' | 'key' | 's'

/** The same id always gets the same stand-in; under `secrets` ids stay, without what looks like a secret. */
export function replaceId(kind: IdentityKind, id: string, identities: Identities): string {
  return identities.profile === 'secrets' ? identities.session.name(id) : keyedHash(kind, id, identities.salt)
}

export function redactRights(rights: Rights, identities: Identities): Rights {
  return {
    ...rights,
    keyId: replaceId('key', rights.keyId, identities),
    alias: identities.session.name(rights.alias),
    user: rights.user === null ? null : replaceId('user', rights.user, identities),
    project: rights.project === null ? null : replaceId('project', rights.project, identities),
  }
}

/** Budgets are kept by subject, so their subjects change as the rights do. */
export function redactState(state: StateSnapshot, identities: Identities): StateSnapshot {
  return {
    ...state,
    budgets: state.budgets.map((budget) => ({
      ...budget,
      subject: redactSubject(budget.rule.scope, budget.subject, identities),
    })),
    session: state.session === null ? null : { ...state.session, id: replaceId('s', state.session.id, identities) },
  }
}

function redactSubject(scope: string, subject: string, identities: Identities): string {
  return scope === 'user' || scope === 'project' || scope === 'key' ? replaceId(scope, subject, identities) : subject
}

export interface DecisionRedaction {
  readonly rights: Rights
  /** Subjects of the original with their stand-ins. */
  readonly subjects: ReadonlyMap<string, string>
}

/** A decision on the original request, without the ids in it. */
export function redactDecision(decision: Decision, asked: Decision['asked'], redaction: DecisionRedaction): Decision {
  const subject = (name: string): string => redaction.subjects.get(name) ?? name
  return {
    ...decision,
    asked,
    principal: redaction.rights,
    candidates: decision.candidates.map((candidate) => redactCandidate(candidate, subject)),
    budgetWarnings: decision.budgetWarnings.map((warning) => ({ ...warning, subject: subject(warning.subject) })),
  }
}

function redactCandidate(candidate: Candidate, subject: (name: string) => string): Candidate {
  if (!('rejected' in candidate) || candidate.rejected.code !== 'budget_exhausted') return candidate
  return { ...candidate, rejected: { ...candidate.rejected, subject: subject(candidate.rejected.subject) } }
}
