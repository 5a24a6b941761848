/** Something that an administrator did, or that was refused. Never holds a key, a token or a prompt. */
export interface AuditEvent {
  /** ms since the epoch. */
  readonly at: number
  /** Key id, `cli` for the command line, or `-` when nobody was recognised. */
  readonly actor: string
  /** Such as `key.create`, `key.revoke`, `request.refused`. */
  readonly action: string
  /** Key id, group name or endpoint. */
  readonly target: string
  /** Further facts, small and without secrets. */
  readonly facts: Readonly<Record<string, string | number | boolean | null>>
}

/** An event in the chain: `hash` is SHA-256 over the hash before it and the canonical JSON of the event with its `seq`. */
export interface AuditEntry extends AuditEvent {
  /** From 1, without gaps. */
  readonly seq: number
  readonly previous: string
  readonly hash: string
}
