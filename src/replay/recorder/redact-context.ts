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

/** The same id always gets the same stand-in; under `secrets` ids stay unless they hold what looks like a secret. */
export function replaceId(kind: IdentityKind, id: string, identities: Identities): string {
  // Placeholders count within a session, so those of two sessions may be equal where the ids are not.
  const kept = identities.profile === 'secrets' && identities.session.name(id) === id
  return kept ? id : keyedHash(kind, id, identities.salt)
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

/** Stand-ins by budget and subject: a user and a project may have the same name. */
type RenamedSubjects = ReadonlyMap<string, string>

export interface DecisionRedaction {
  readonly rights: Rights
  readonly subjects: RenamedSubjects
}

/** The subjects of a snapshot with their stand-ins in the redacted one. */
export function renamedSubjects(before: StateSnapshot['budgets'], after: StateSnapshot['budgets']): RenamedSubjects {
  return new Map(
    before.map(({ rule, subject }, index) => [subjectKey(rule.name, subject), after[index]?.subject ?? '']),
  )
}

function subjectKey(budget: string, subject: string): string {
  return `${budget}\n${subject}`
}

/** A decision on the original request, without the ids in it. */
export function redactDecision(decision: Decision, asked: Decision['asked'], redaction: DecisionRedaction): Decision {
  const renamed = <T extends Named>(named: T): T => ({
    ...named,
    subject: redaction.subjects.get(subjectKey(named.budget, named.subject)) ?? named.subject,
  })
  return {
    ...decision,
    asked,
    principal: redaction.rights,
    candidates: decision.candidates.map((candidate) => redactCandidate(candidate, renamed)),
    budgetWarnings: decision.budgetWarnings.map((warning) => renamed(warning)),
  }
}

interface Named {
  readonly budget: string
  readonly subject: string
}

function redactCandidate(candidate: Candidate, renamed: <T extends Named>(named: T) => T): Candidate {
  if (!('rejected' in candidate) || candidate.rejected.code !== 'budget_exhausted') return candidate
  return { ...candidate, rejected: renamed(candidate.rejected) }
}
