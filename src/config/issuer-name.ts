/**
 * The name of an issuer that is given none: the host and path of its address in letters that a name may have, or the text
 * itself brought into that form.
 */
export function issuerName(issuer: string): string {
  const bare = issuer.replace(/^[a-z]+:\/\//i, '')
  const plain = bare.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replaceAll(/^[^A-Za-z0-9]+|-+$/g, '')
  return plain === '' ? 'issuer' : plain.slice(0, 64)
}
