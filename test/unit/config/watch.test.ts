import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { watchConfig, type ConfigWatcher } from '../../../src/config/watch.ts'

let dir = ''
let file = ''
let watcher: ConfigWatcher | undefined
const swap = vi.fn<(loaded: string, generation: number) => void>()
const rejected = vi.fn<(error: unknown) => void>()
const load = vi.fn<() => Promise<string>>()

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'gateway-watch-'))
  file = join(dir, 'gateway.yaml')
  writeFileSync(file, 'one')
  for (const mock of [swap, rejected, load]) mock.mockReset()
  load.mockImplementation(() => Promise.resolve('loaded'))
  watcher = watchConfig({ file, load, swap, rejected, debounceMs: 20 })
})
afterEach(() => {
  watcher?.close()
  rmSync(dir, { recursive: true, force: true })
})

/** A loaded machine may take its time. */
const PATIENCE = { timeout: 10_000 }

/** Longer than any debounce: for asserting that nothing happens. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 200))

describe('hot reload', () => {
  it('swaps in a valid change once, with a new generation', async () => {
    writeFileSync(file, 'two')
    await vi.waitFor(() => expect(swap).toHaveBeenCalledWith('loaded', 2), PATIENCE)
    await pause()
    expect(swap).toHaveBeenCalledTimes(1)
    expect(watcher?.lastError()).toBeUndefined()
  })

  it('keeps the old config when the new one is bad, says why, and recovers', async () => {
    load.mockRejectedValueOnce(new Error('ten mistakes'))
    writeFileSync(file, 'bad')
    await vi.waitFor(() => expect(rejected).toHaveBeenCalledTimes(1), PATIENCE)
    expect(swap).not.toHaveBeenCalled()
    expect(watcher?.generation()).toBe(1)
    expect(watcher?.lastError()).toMatchObject({ message: 'ten mistakes' })
    writeFileSync(file, 'good')
    await vi.waitFor(() => expect(swap).toHaveBeenCalledWith('loaded', 2), PATIENCE)
    expect(watcher?.lastError()).toBeUndefined()
  })

  it('notices a file that an editor renames over the old one', async () => {
    writeFileSync(join(dir, '.gateway.yaml.swp'), 'renamed')
    renameSync(join(dir, '.gateway.yaml.swp'), file)
    await vi.waitFor(() => expect(swap).toHaveBeenCalledTimes(1), PATIENCE)
  })

  it('ignores other files, the same text again, and a file that is gone', async () => {
    writeFileSync(join(dir, 'other.yaml'), 'x')
    writeFileSync(file, 'one')
    rmSync(file)
    await pause()
    expect(load).not.toHaveBeenCalled()
  })

  it('never takes an empty file for a config without budgets: somebody is writing', async () => {
    writeFileSync(file, ' \n')
    await vi.waitFor(() => expect(rejected).toHaveBeenCalledTimes(1), PATIENCE)
    expect(rejected).toHaveBeenCalledWith(expect.objectContaining({ code: 'config_invalid' }))
    expect(load).not.toHaveBeenCalled()
    writeFileSync(file, 'two')
    await vi.waitFor(() => expect(swap).toHaveBeenCalledWith('loaded', 2), PATIENCE)
    expect(watcher?.lastError()).toBeUndefined()
  })

  it('swaps in nothing that was cut off while it was loaded', async () => {
    load.mockImplementationOnce(() => {
      writeFileSync(file, 'th')
      return Promise.resolve('half of it')
    })
    load.mockImplementationOnce(() => Promise.resolve('three'))
    writeFileSync(file, 'two')
    await vi.waitFor(() => expect(swap).toHaveBeenCalledWith('three', 2), PATIENCE)
    expect(swap).toHaveBeenCalledTimes(1)
  })

  it('loads a burst of writes once', async () => {
    for (const text of ['a', 'b', 'c', 'd']) writeFileSync(file, text)
    await vi.waitFor(() => expect(swap).toHaveBeenCalledTimes(1), PATIENCE)
    await pause()
    expect(load).toHaveBeenCalledTimes(1)
  })

  it('does nothing after it was closed, not even with a load under way', async () => {
    let finish: (text: string) => void = () => undefined
    load.mockImplementationOnce(() => new Promise((resolve) => (finish = resolve)))
    writeFileSync(file, 'two')
    await vi.waitFor(() => expect(load).toHaveBeenCalledTimes(1), PATIENCE)
    watcher?.close()
    finish('late')
    await pause()
    expect(swap).not.toHaveBeenCalled()
  })
})
