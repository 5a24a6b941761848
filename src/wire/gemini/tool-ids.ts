/** Google's calls mostly have no id. Ours begin with this, so that they are known when they come back. */
const GENERATED = 'gwcall_'

/** An id for the call number `index` of an answer or a talk. */
export function generatedCallId(scope: string, index: number): string {
  return `${GENERATED}${scope.replace(/[^\w-]/g, '')}_${index}`
}

/** The id as Google gets it back: none for one that it never gave. */
export function providerCallId(id: string): { id?: string } {
  return id === '' || id.startsWith(GENERATED) ? {} : { id }
}
