import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readFixtures } from '../../src/replay/fixtures/reader.ts'
import { devProject, runGateway, startDev, type DevProject } from './dev-process.ts'

let project: DevProject
let whole = ''
let streamed = ''
let startLines = ''
const ask = (content: string): { model: string; messages: { role: 'user'; content: string }[] } => ({
  model: 'auto',
  messages: [{ role: 'user', content }],
})

beforeAll(async () => {
  project = await devProject()
  const dev = await startDev(project, ['--record', 'new', '--stream-speed', '0'])
  whole = (await dev.client.chat.completions.create(ask('first question'))).choices[0]?.message.content ?? ''
  await dev.client.chat.completions.create(ask('first question'))
  const stream = dev.client.chat.completions.stream(ask('second question'))
  streamed = (await stream.finalChatCompletion()).choices[0]?.message.content ?? ''
  const conversation = [...ask('second question').messages, { role: 'assistant' as const, content: streamed }]
  await dev.client.chat.completions.create({
    model: 'auto',
    messages: [...conversation, { role: 'user', content: 'and then?' }],
  })
  startLines = (await dev.stop()).stderr
})
afterAll(() => project.remove())

describe('recording', () => {
  it('writes every new exchange once, in a file that replay accepts', async () => {
    const kinds: string[] = []
    for await (const event of readFixtures(`${project.dir}/fixtures/recorded.jsonl`)) kinds.push(event.kind)
    expect(kinds).toEqual(['header', 'fixture', 'fixture', 'fixture'])
    const check = await runGateway(project, ['fixtures', 'check', 'fixtures/recorded.jsonl'])
    expect([check.code, check.stdout]).toEqual([0, expect.stringContaining('3 exchanges')])
    expect(startLines).toContain('record    new to fixtures/recorded.jsonl')
    await project.write('candidate.yaml', 'version: 1\nproviders: { simulated: { kind: simulated } }\n')
    const plan = ['replay', 'fixtures/recorded.jsonl', '-k', 'candidate.yaml', '--plan']
    const { code, stderr } = await runGateway(project, plan)
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('error ')])
  })
})

describe('answers on record', () => {
  it('are given again, whole and in parts, without any provider', async () => {
    const dev = await startDev(project, ['--offline', '--stream-speed', '0'])
    try {
      const { data, response } = await dev.client.chat.completions.create(ask('first question')).withResponse()
      expect(data.choices[0]?.message.content).toBe(whole)
      expect(response.headers.get('x-gateway-upstream')).toBe('recorded')
      const stream = dev.client.chat.completions.stream(ask('second question'))
      expect((await stream.finalChatCompletion()).choices[0]?.message.content).toBe(streamed)
    } finally {
      await dev.stop()
    }
  })

  it('that are missing say whether they were never recorded or took another turn', async () => {
    const dev = await startDev(project, ['--offline'])
    try {
      await expect(dev.client.chat.completions.create(ask('never asked'))).rejects.toMatchObject({
        status: 502,
        code: 'response_missing',
        message: expect.stringContaining('never recorded'),
      })
      const messages = [
        ...ask('second question').messages,
        { role: 'assistant' as const, content: streamed },
        { role: 'user' as const, content: 'something else?' },
      ]
      await expect(dev.client.chat.completions.create({ model: 'auto', messages })).rejects.toMatchObject({
        code: 'response_missing',
        message: expect.stringMatching(/left its recording; closest: fx_\w+, differs in messages\[2\]/),
      })
    } finally {
      await dev.stop()
    }
  })

  it('can be completed by the simulated provider', async () => {
    const dev = await startDev(project, ['--upstream', 'recorded', '--on-miss', 'simulated', '--stream-speed', '0'])
    try {
      const answer = await dev.client.chat.completions.create(ask('never asked'))
      expect(answer.choices[0]?.message.content).toContain('Simulated answer')
    } finally {
      await dev.stop()
    }
  })
})
