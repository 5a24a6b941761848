// Loaded with `--import` into every measured process: answers over IPC what the process has used so far.
process.on('message', (message) => {
  if (message === 'gc') globalThis.gc?.()
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed, external } = process.memoryUsage()
  process.send({ cpuMicros: user + system, rss, heapUsed, external })
})
// Asking must not keep a process alive that is done.
process.channel?.unref()
