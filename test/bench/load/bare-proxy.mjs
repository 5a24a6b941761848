// The least that a proxy can do over node:http and undici: bodies streamed through both ways. Prints its port.
import { createServer } from 'node:http'
import { Agent } from 'undici'

const origin = process.argv[2]
const agent = new Agent({ connections: 2_048, keepAliveTimeout: 30_000, headersTimeout: 0, bodyTimeout: 0 })

const server = createServer((request, response) => void pass(request, response).catch(() => response.destroy()))

async function pass(request, response) {
  const asked = agent.request({
    origin,
    path: request.url,
    method: request.method,
    headers: { 'content-type': 'application/json', 'content-length': request.headers['content-length'] },
    body: request,
  })
  const { statusCode, headers, body } = await asked
  response.writeHead(statusCode, { 'content-type': headers['content-type'] })
  body.pipe(response)
}

server.keepAliveTimeout = 120_000
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`))
