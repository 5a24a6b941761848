const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Signed bytes from base64 without padding; the pure rooms have neither Buffer nor atob. */
export function decodeBytes(base64: string): Int8Array {
  const values = new Uint8Array(128)
  for (let at = 0; at < ALPHABET.length; at += 1) values[ALPHABET.charCodeAt(at)] = at
  const bytes = new Int8Array(Math.floor((base64.length * 3) / 4))
  let bits = 0
  let held = 0
  let written = 0
  for (let at = 0; at < base64.length; at += 1) {
    held = (held << 6) | (values[base64.charCodeAt(at)] ?? 0)
    bits += 6
    if (bits < 8) continue
    bits -= 8
    bytes[written] = (held >> bits) & 0xff
    written += 1
    held &= (1 << bits) - 1
  }
  return bytes
}

/** Base64 without padding of bytes, for the script that writes the weights. */
export function encodeBytes(bytes: Int8Array): string {
  const parts: string[] = []
  let held = 0
  let bits = 0
  for (const byte of bytes) {
    held = (held << 8) | (byte & 0xff)
    bits += 8
    while (bits >= 6) {
      bits -= 6
      parts.push(ALPHABET.charAt((held >> bits) & 63))
    }
    held &= (1 << bits) - 1
  }
  if (bits > 0) parts.push(ALPHABET.charAt((held << (6 - bits)) & 63))
  return parts.join('')
}
