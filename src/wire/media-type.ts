/** Names that clients use for a type whose registered name providers insist on. */
const REGISTERED: ReadonlyMap<string, string> = new Map([
  ['image/jpg', 'image/jpeg'],
  ['audio/mp3', 'audio/mpeg'],
  ['application/x-pdf', 'application/pdf'],
])

/** The registered name of a media type. */
export function mediaType(mime: string): string {
  return REGISTERED.get(mime) ?? mime
}
