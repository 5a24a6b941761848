// An OpenAI-compatible provider that answers at once. Prints its port.
// A streamed answer has `STREAM_EVENTS` text events: one every tick for `stream: true`, all at once when the request
// says `user: "burst"`, and none until `POST /release` when it says `user: "hold"`.
import { createServer } from 'node:http'

const STREAM_EVENTS = 60
const TICK_MS = 2

const head = { id: 'chatcmpl-bench', created: 1_730_000_000, model: 'bench-upstream', system_fingerprint: 'fp_bench' }
const usage = { prompt_tokens: 212, completion_tokens: 60, total_tokens: 272 }
const text =
  'The three largest risks are late delivery, rising cost and the loss of the people who know the old system. '

const whole = Buffer.from(
  JSON.stringify({
    ...head,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: text.repeat(3), refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage,
  }),
)

const event = (delta, rest = {}) =>
  `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta, logprobs: null, finish_reason: null, ...rest }], usage: null })}\n\n`
const words = text.split(' ')
const events = [
  event({ role: 'assistant', content: '', refusal: null }),
  ...Array.from({ length: STREAM_EVENTS }, (_, index) => event({ content: ` ${words[index % words.length]}` })),
  event({}, { finish_reason: 'stop' }),
  `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [], usage })}\n\n`,
  'data: [DONE]\n\n',
].map((line) => Buffer.from(line))
const all = Buffer.concat(events)

/** Streams under way: each gets its next event at every tick, so that events arrive one by one as from a model. */
const open = new Map()
const held = new Set()

setInterval(() => {
  for (const [response, next] of open) {
    if (next === events.length) {
      open.delete(response)
      response.end()
    } else {
      response.write(events[next])
      open.set(response, next + 1)
    }
  }
}, TICK_MS)

const server = createServer((request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => answer(request, response, Buffer.concat(chunks)))
})

function answer(request, response, body) {
  if (request.url === '/release') {
    for (const waiting of held) open.set(waiting, 2)
    held.clear()
    response.end()
    return
  }
  if (!body.includes('"stream":true')) {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': whole.length })
    response.end(whole)
    return
  }
  response.on('close', () => {
    open.delete(response)
    held.delete(response)
  })
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
  if (body.includes('"user":"burst"')) response.end(all)
  else if (body.includes('"user":"hold"')) {
    response.write(events[0])
    response.write(events[1])
    held.add(response)
  } else open.set(response, 0)
}

server.keepAliveTimeout = 120_000
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`))
