import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { devProject, type DevProject } from './dev-process.ts'
import { openPane, TMUX, type Pane } from './tmux.ts'

const SIZE = { columns: 80, rows: 20 }
const CURSOR_OR_ERASE = new RegExp(`${String.fromCodePoint(27)}\\[\\d*[AJK]`)
const DEV = 'dev --upstream simulated --stream-speed 0 --port 0 --port-file port'

describe.skipIf(!TMUX)('gateway dev on a terminal (skipped without tmux)', () => {
  let project: DevProject
  let pane: Pane

  beforeEach(async () => {
    project = await devProject()
  })
  afterEach(async () => {
    // The program has ended, so nothing is written to the project any more.
    await pane.shows(/shell>\n*$/)
    pane.close()
    await project.remove()
  })

  async function start(env: Record<string, string> = {}, flags = ''): Promise<void> {
    pane = openPane(project, SIZE, env)
    await pane.shows('shell>')
    pane.gateway(`${DEV} ${flags}`)
    await pane.shows('no requests yet')
  }

  async function ask(content: string): Promise<void> {
    const [port, key] = await Promise.all([project.read('port'), project.read('.gateway/dev-key')])
    await fetch(`http://127.0.0.1:${port.trim()}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key.trim()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content }] }),
    })
  }

  /** Normal screen, cursor shown. */
  function restored(): boolean {
    return pane.variable('alternate_on') === '0' && pane.variable('cursor_flag') === '1'
  }

  it('shows requests, the decision and help, and leaves the shell as it was', async () => {
    await start()
    expect(pane.variable('alternate_on')).toBe('1')
    await ask('Translate to German: good morning')
    const list = await pane.shows(/ > \d\d:\d\d:\d\d/)
    expect(list).toContain('gateway dev  http://127.0.0.1:')
    expect(list).toMatch(/ > \d\d:\d\d:\d\d  dev .* 200 /)
    expect(list.split('\n')[19] ?? '').toBe('')

    pane.keys('?')
    expect(await pane.shows('keys: requests')).toContain('q esc quit')
    pane.keys('Escape')
    await pane.shows('ROUTE')
    pane.keys('Enter')
    expect(await pane.shows('[1 Decision]')).toMatch(/chosen: \S+ \(\S+\) on simulated/)
    pane.keys('3')
    await pane.shows('"schema": "gateway.record/1"')
    pane.keys('q')
    await pane.shows('ROUTE')
    pane.keys('q')

    const after = await pane.shows(/done .*1 call/)
    expect(after).toContain('ready url=http://127.0.0.1:')
    expect(after).not.toContain('ROUTE')
    expect(restored()).toBe(true)
  })

  it('never erases the scrollback and never scrolls, also when it gets smaller', async () => {
    await start()
    for (let at = 0; at < 30; at += 1) await ask(`question ${at}`)
    await pane.shows(/ > /)
    pane.resize(80, 12)
    await pane.shows(/^( ?─+)\n enter detail/m)
    expect(pane.screen().split('\n')[11] ?? '').toBe('')
    pane.resize(64, 16)
    await pane.shows(/ > /)
    pane.keys('q')
    await pane.shows('30 calls')
    expect(pane.written()).not.toContain('\u001b[3J')
    expect(restored()).toBe(true)
  })

  it.each([
    ['C-c', /done .*0 calls/],
    ['q', /done .*0 calls/],
  ])('restores the screen after %s', async (key, text) => {
    await start()
    pane.keys(key)
    await pane.shows(text)
    expect(restored()).toBe(true)
  })

  it('restores the screen after SIGTERM', async () => {
    await start()
    const [, pid] = /pid (\d+)\r?\n/.exec(pane.written()) ?? []
    process.kill(Number(pid), 'SIGTERM')
    await pane.shows(/done .*0 calls/)
    expect(restored()).toBe(true)
  })

  it('suspends to the shell and comes back', async () => {
    await start()
    pane.keys('C-z')
    await pane.shows('Stopped')
    expect(restored()).toBe(true)
    pane.keys('fg', 'Enter')
    await pane.shows('no requests yet')
    expect(pane.variable('alternate_on')).toBe('1')
    pane.keys('q')
    await pane.shows(/done .*0 calls/)
  })

  it('has no colour under NO_COLOR and only ASCII with --ascii', async () => {
    await start({ NO_COLOR: '1' }, '--ascii')
    await ask('hello')
    await pane.shows(/ > /)
    expect(pane.screenWithColours()).not.toContain('\u001b')
    expect(pane.screen()).toMatch(/^[\n -~]*$/)
    pane.keys('q')
    await pane.shows(/done .*1 call/)
  })

  it('speaks sentences to a screen reader, line after line', async () => {
    pane = openPane(project, SIZE, { INK_SCREEN_READER: 'true' })
    await pane.shows('shell>')
    pane.gateway(DEV)
    await pane.shows('The proxy answers at')
    await ask('hello')
    await pane.shows(/Request 1 at .*status 200/s)
    pane.keys('1', 'Enter')
    await pane.shows('attempts:')
    expect(pane.written()).toMatch(/chosen: \S+ \(\S+\) on simulated/)
    expect(pane.variable('alternate_on')).toBe('0')
    expect(pane.screen()).not.toMatch(/[\u2500-\u259f]/)
    pane.keys('q', 'Enter')
    await pane.shows(/done .*1 call/)
    expect(pane.written()).not.toMatch(CURSOR_OR_ERASE)
  })
})

describe.skipIf(!TMUX)('gateway replay on a terminal (skipped without tmux)', () => {
  let project: DevProject
  let pane: Pane

  beforeEach(async () => {
    project = await devProject()
    pane = openPane(project, { columns: 80, rows: 24 })
    await pane.shows('shell>')
  })
  afterEach(async () => {
    await pane.shows(/shell>\n*$/)
    pane.close()
    await project.remove()
  })

  it('goes from the verdict over the list of fixtures to the two answers, and prints the result at the end', async () => {
    pane.gateway('replay --sample 40')
    expect(await pane.shows('[1 Summary]')).toMatch(/GATE|NO GATES/)
    pane.keys('2')
    expect(await pane.shows('FIXTURE')).toMatch(/ > fx_[0-9a-f]+ /)
    pane.keys('Enter')
    expect(await pane.shows('answer (word diff)')).toMatch(/ route .* gpt-4o-2024-08-06 /)
    await pane.shows(/\[-|\{\+|the answers are the same/)
    pane.keys('d')
    await pane.shows('answer (unified diff)')
    pane.keys('q', 'q')
    const after = await pane.shows('latency was not recorded')
    expect(after).not.toContain('[1 Summary]')
    expect(pane.variable('alternate_on')).toBe('0')

    pane.gateway('replay show')
    await pane.shows('[1 Summary]')
    pane.keys('C-c')
    await pane.shows(/shell>\n*$/)
    expect(pane.variable('alternate_on')).toBe('0')
    expect(pane.written()).not.toContain('\u001b[3J')
  })
})
