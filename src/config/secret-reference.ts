/** Where a secret lies. Nothing here reads it. */
export type SecretReference =
  | { readonly kind: 'env'; readonly name: string; readonly text: string }
  | { readonly kind: 'file'; readonly path: string; readonly text: string }

/** Reads `${NAME}` or `file:path`; undefined for anything else, which would be a literal secret. */
export function readReference(text: string): SecretReference | undefined {
  const env = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/.exec(text)
  if (env !== null) return { kind: 'env', name: env[1] ?? '', text }
  if (text.startsWith('file:') && text.length > 5) return { kind: 'file', path: text.slice(5), text }
  return undefined
}
