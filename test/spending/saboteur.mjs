// Preloaded into a proxy under test: breaks it where nothing should break, with errors that quote what the client sent.
const stringify = JSON.stringify
let last = ''

JSON.stringify = (value, ...rest) => {
  const text = stringify(value, ...rest)
  if (typeof text === 'string' && text.includes('"messages"')) {
    last = text
    // In the middle of a call, where the adapter writes what it sends.
    if (text.includes('break it here')) throw new TypeError(`can not write ${text}\n    at prompt (${text})`)
  }
  return text
}

process.on('SIGUSR2', () => {
  setImmediate(() => {
    throw new Error(`crashed over ${last}`)
  })
})
process.on('SIGUSR1', () => {
  void Promise.reject(new Error(`rejected over ${last}`))
})
