// The load: a fixed number of requests under way at any time over kept connections, every answer checked.
import { Agent } from 'undici'

const PROMPT =
  'Summarise the following report for the board and name the three largest risks in plain words. Our migration to the new billing system is four weeks late, two of five engineers are leaving in spring, and the vendor has announced a price increase of eleven percent. '

/** A chat request of about 1,000 characters. */
export function chatBody({ stream, user }) {
  const messages = [
    { role: 'system', content: 'You are a careful analyst. Answer in short sentences.' },
    { role: 'user', content: PROMPT.repeat(3) },
  ]
  return JSON.stringify({
    model: 'auto',
    messages,
    max_tokens: 256,
    ...(stream ? { stream: true, stream_options: { include_usage: true } } : {}),
    ...(user === undefined ? {} : { user }),
  })
}

export function openAgent(connections) {
  return new Agent({ connections, pipelining: 1, keepAliveTimeout: 60_000, headersTimeout: 0, bodyTimeout: 0 })
}

export function post(agent, { url, headers }, body) {
  return agent.request({
    origin: url,
    path: '/v1/chat/completions',
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  })
}

/** Sends `count` requests with `concurrency` under way. Gives sorted latencies in ms and the seconds it took. */
export async function drive(target, { agent, body, stream, count, concurrency }) {
  const latencies = new Float64Array(count)
  let next = 0
  const worker = async () => {
    while (next < count) {
      const index = next
      next += 1
      const startedAt = performance.now()
      const { statusCode, body: answer } = await post(agent, target, body)
      const text = await answer.text()
      latencies[index] = performance.now() - startedAt
      if (statusCode !== 200) throw new Error(`answered ${statusCode}: ${text.slice(0, 500)}`)
      if (stream ? !text.endsWith('data: [DONE]\n\n') : !text.includes('"finish_reason":"stop"'))
        throw new Error(`the answer is not whole: ${text.slice(-200)}`)
    }
  }
  const startedAt = performance.now()
  await Promise.all(Array.from({ length: concurrency }, worker))
  const seconds = (performance.now() - startedAt) / 1000
  return { latencies: latencies.sort(), seconds }
}
