import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { devProject, runGateway, startDev, type DevProject } from '../e2e/dev-process.ts'
import { anthropic1 } from './anthropic.ts'
import type { Got } from './client.ts'
import { google } from './google.ts'
import { openAiChat } from './openai-chat.ts'
import { openAiResponses } from './openai-responses.ts'

const CLIENTS = [anthropic1, google, openAiResponses]

let project: DevProject
const said: Got[] = []
beforeAll(async () => {
  project = await devProject()
  const dev = await startDev(project, ['--record', 'all', '--stream-speed', '0'])
  for (const client of CLIENTS) {
    said.push(await client.ask(dev, { model: 'auto', stream: false }))
    await client.ask(dev, { model: 'auto', stream: true, tools: true })
  }
  await dev.stop()
})
afterAll(() => project.remove())

describe('what clients of other formats said', () => {
  it('is recorded as conversations that replay accepts', async () => {
    const check = await runGateway(project, ['fixtures', 'check', 'fixtures/recorded.jsonl'])
    expect([check.code, check.stdout]).toEqual([0, expect.stringContaining('6 exchanges')])
    await project.write('candidate.yaml', 'version: 1\nproviders: { simulated: { kind: simulated } }\n')
    const plan = ['replay', 'fixtures/recorded.jsonl', '-k', 'candidate.yaml', '--plan']
    const { code, stderr } = await runGateway(project, plan)
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('error ')])
  })

  it('is answered again from the record, also to a client of yet another format', async () => {
    const dev = await startDev(project, ['--offline', '--stream-speed', '0'])
    try {
      for (const client of [...CLIENTS, openAiChat]) {
        const again = await client.ask(dev, { model: 'auto', stream: true })
        expect(said.map(({ text }) => text)).toContain(again.text)
      }
    } finally {
      await dev.stop()
    }
  })
})
