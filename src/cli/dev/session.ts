import { combinedAuth } from '../../auth/combined-auth.ts'
import type { DevKey } from '../../auth/dev-key.ts'
import type { BudgetLeft } from '../../engine/state.ts'
import type { Generation } from '../../pipeline/ports.ts'
import { createProxy, type Proxy } from '../../proxy/server.ts'
import { keptNames } from '../../telemetry/kept-name.ts'
import { GatewayError } from '../../wire/errors.ts'
import type { Project } from '../project.ts'
import { BudgetNotes } from './budget-notes.ts'
import { openBooks, type Books } from './books.ts'
import { bugText } from '../bug-text.ts'
import { createBus, type DevBus } from './bus.ts'
import { catalogOf, isCallable } from './catalog.ts'
import { openIdentity, type Identity } from './identity.ts'
import { localHosts } from './local-hosts.ts'
import { isLoopback, type DevOptions } from './options.ts'
import { openPorts, type SessionPorts, type SessionSetup } from './session-ports.ts'
import { holdSettings, type SettingsHolder } from './settings.ts'
import type { DevStatus } from './status.ts'
import type { PreparedTokens } from './tokens.ts'
import { createTotals } from './totals.ts'
import type { OpenedUpstream } from './upstream.ts'
import { warmUp } from './warm-up.ts'

export interface DevSession {
  readonly url: string
  readonly key: DevKey
  readonly bus: DevBus
  readonly settings: SettingsHolder
  /** Everything that must never be printed. */
  secrets(): readonly string[]
  readonly status: () => DevStatus
  /** Opens the providers of a changed config beside the present ones. */
  readonly prepare: (project: Project) => Promise<PreparedChange>
  /** Puts a changed config in force, whole: routing, catalogue and providers. */
  replace(project: Project, prepared: PreparedChange): void
  /** Stops taking requests, waits for the running ones, closes everything. */
  close(graceMs: number): Promise<void>
}

/** What a changed config needs before it can be put in force. */
export interface PreparedChange extends OpenedUpstream {
  readonly tokens: PreparedTokens
}

/** Opens the store with its keys, the ports and the server. */
export async function openSession(setup: SessionSetup): Promise<DevSession> {
  const { project, options } = setup
  refuseOpenToOthers(project, options)
  const bus = createBus()
  const totals = createTotals()
  bus.subscribe((event) => totals.count(event))
  const settings = holdSettings(project, options.seed)
  const generation = (): Generation => settings.current().generation
  // Before the port is open there is only the terminal; later, whoever shows the session decides how.
  let tell = setup.warn
  const warn = (text: string): void => tell(text)
  const books = openBooks({ project: () => settings.current().project, generation, warn })
  const { connection } = books
  const tiers = (): readonly string[] => settings.current().generation.routing.tiers
  const identity = await openIdentity({ project, offline: options.offline, connection, bus, tiers, warn })
  const key = identity.development
  const ports = await openPorts({ ...setup, gate: books.gate, warn, bus, settings, ownKey: key.key })
  const { upstream, recording, secrets } = ports
  const proxy = proxyOf({ identity, books, bus, settings, ports, options })
  const url = await listenOrClose(proxy, options, [upstream, recording, books])
  books.announce(Number(new URL(url).port))
  tell = (text) => bus.emit({ kind: 'notice', text })
  const notes = new BudgetNotes()
  bus.subscribe((event) => {
    if (event.kind === 'finished') for (const text of notes.of(event.record, event.content.state.budgets)) tell(text)
  })
  setImmediate(() => warmUp(ports.pipeline, Date.now()))
  return {
    url,
    key,
    bus,
    settings,
    secrets: () => [...secrets],
    prepare: async (next) => {
      refuseOpenToOthers(next, options)
      const tokens = await identity.tokens.prepare(next)
      return { ...(await ports.prepare(next)), tokens }
    },
    replace(next, { port, secrets: more, tokens }) {
      for (const secret of more) secrets.add(secret)
      upstream.swap(port)
      settings.accept(next)
      identity.tokens.use(tokens)
    },
    status: () => ({
      url,
      config: configStatus(settings),
      upstream: upstream.mode,
      keyRequired: keyRequired(settings.current().project),
      recording: recording?.status() ?? null,
      maxSpendNanoUsd: options.maxSpendNanoUsd,
      budget: tightest(books.gate.standing(Date.now())),
      inFlight: proxy.inFlight(),
      totals: totals.totals(),
    }),
    async close(graceMs) {
      await proxy.close(graceMs)
      await upstream.close()
      await recording?.close()
      identity.close()
      await books.close()
    },
  }
}

interface ProxyParts {
  readonly books: Books
  readonly identity: Identity
  readonly bus: DevBus
  readonly settings: SettingsHolder
  readonly ports: SessionPorts
  readonly options: DevOptions
}

function proxyOf({ identity, books, bus, settings, ports, options }: ProxyParts): Proxy {
  const generation = (): Generation => settings.current().generation
  const detail = options.verbose ? 'all' : 'first'
  return createProxy({
    pipeline: ports.pipeline,
    auth: combinedAuth({
      keys: identity.keys,
      tokens: () => identity.tokens.port(),
      open: () => !keyRequired(settings.current().project),
    }),
    admin: { ...identity.admin, ...books.admin },
    catalog: catalogOf(generation),
    readiness: { missing: () => missingParts(generation(), { identity, books }) },
    keptName: keptNames(() => ports.secrets),
    onRefusal: (refusal) => bus.emit({ kind: 'refused', refusal }),
    onBug: (bug, requestId) => bus.emit({ kind: 'notice', text: `bug in ${requestId}: ${bugText(bug, detail)}` }),
    allowedHosts: [...localHosts(options.host), ...options.allowedHosts],
    allowedOrigins: options.allowedOrigins,
  })
}

/** A port that is taken must not leave connections or files open behind the error. */
async function listenOrClose(
  proxy: Proxy,
  { host, port }: DevOptions,
  rest: readonly ({ close(): Promise<void> } | null)[],
): Promise<string> {
  try {
    return await proxy.listen({ host, port })
  } catch (error) {
    for (const part of rest) await part?.close()
    throw error
  }
}

function refuseOpenToOthers(project: Project, { host }: DevOptions): void {
  if (keyRequired(project) || isLoopback(host)) return
  throw new GatewayError('usage_error', `without keys the proxy only listens on this machine, not on "${host}"`, {
    hint: 'remove `auth.required: false` from the config, or leave out `--host`',
  })
}

function keyRequired({ config }: Project): boolean {
  return config.auth?.required !== false
}

function missingParts(
  { matrix }: Generation,
  { identity, books }: { readonly identity: Identity; readonly books: Books },
): readonly string[] {
  const provider = matrix.rows.some((row) => isCallable(row)) ? [] : ['provider']
  return identity.usable() && !books.ledger.failing() ? provider : [...provider, 'store']
}

/** The budget of which the largest share is gone. */
function tightest(standing: readonly BudgetLeft[]): DevStatus['budget'] {
  let found: DevStatus['budget'] = null
  let most = -1
  for (const { rule, subject, leftNanoUsd } of standing) {
    const usedNanoUsd = rule.limitNanoUsd - leftNanoUsd
    const share = rule.limitNanoUsd === 0 ? 1 : usedNanoUsd / rule.limitNanoUsd
    if (share <= most) continue
    most = share
    found = { name: rule.name, subject, usedNanoUsd, limitNanoUsd: rule.limitNanoUsd }
  }
  return found
}

function configStatus(settings: SettingsHolder): DevStatus['config'] {
  const { project, rejected } = settings.current()
  return { file: project.file, hash: project.configHash, rejected }
}
