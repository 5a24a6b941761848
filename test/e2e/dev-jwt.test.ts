import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { claims, keyServer, makeSigner, setOf, tokenOf, type KeyServer } from '../unit/auth/jwt-support.ts'
import { devProject, runGateway, startDev, type DevProject, type RunningDev } from './dev-process.ts'

const signer = makeSigner('RS256')
let project: DevProject
let keys: KeyServer
let dev: RunningDev | null = null

beforeEach(async () => {
  project = await devProject()
  keys = await keyServer(setOf(signer))
})
afterEach(async () => {
  await dev?.stop()
  dev = null
  await keys.close()
  await project.remove()
})

function config(issuer: string): string {
  return `auth:\n  jwt:\n    - name: corp\n      issuer: https://id.example.com\n      audience: gateway\n      algorithms: [RS256]\n      ${issuer}\n`
}

function token(given: Readonly<Record<string, unknown>> = {}): string {
  const now = Math.floor(Date.now() / 1000)
  return tokenOf(signer, claims({ iat: now, exp: now + 600, ...given }))
}

async function ask(secret: string): Promise<{ readonly status: number; readonly tier: string | null }> {
  const response = await fetch(`${dev?.url ?? ''}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'hello' }] }),
  })
  await response.text()
  return { status: response.status, tier: response.headers.get('x-gateway-tier') }
}

describe('gateway dev with tokens', () => {
  it('starts without asking for keys, takes tokens and keys, and narrows by claims', async () => {
    await project.write('gateway.yaml', config(`jwks_url: ${keys.url}\n      claims: { tier: max_tier }`))
    dev = await startDev(project, ['--stream-speed', '0'])
    expect(keys.fetches()).toBe(0)
    expect((await ask(dev.key)).status).toBe(200)
    expect(await ask(token({ max_tier: 'free' }))).toEqual({ status: 200, tier: 'free' })
    expect((await ask(token())).status).toBe(401)
    expect((await ask(token({ max_tier: 'gold' }))).status).toBe(401)
    expect(keys.fetches()).toBe(1)
    await expect.poll(dev.stderr).toContain('a token of issuer "corp" was refused: its claim for "tier" is missing')
  })

  it('takes no token any more once its issuer is out of the config', async () => {
    await project.write('gateway.yaml', config(`jwks_url: ${keys.url}`))
    dev = await startDev(project, ['--stream-speed', '0'])
    const mine = token()
    expect((await ask(mine)).status).toBe(200)
    await project.write('gateway.yaml', 'routing: { default_policy: best }\n')
    await expect.poll(dev.stderr, { timeout: 20_000 }).toContain('in force (generation 2)')
    expect((await ask(mine)).status).toBe(401)
  })

  it('works with a local file, and will not start with a private key in it', async () => {
    await project.write('gateway.yaml', config('keys_file: keys.json'))
    const privateKey = signer.privateKey.export({ type: 'pkcs8', format: 'pem' })
    await writeFile(join(project.dir, 'keys.json'), privateKey)
    const { code, stderr } = await runGateway(project, ['dev', '--port', '0'])
    expect(code).toBe(2)
    expect(stderr).toContain('it holds a private key')
    expect(stderr).not.toContain(String(privateKey).slice(40, 80))
    await project.write('keys.json', JSON.stringify(setOf(signer)))
    dev = await startDev(project, ['--stream-speed', '0', '--offline'])
    expect((await ask(token())).status).not.toBe(401)
  })

  it('does not start before a host on the network is confirmed as the one that says who counts', async () => {
    await project.write('gateway.yaml', config('jwks_url: https://evil.example/keys'))
    const { code, stderr } = await runGateway(project, ['dev', '--port', '0', '--upstream', 'simulated'])
    expect(code).toBe(2)
    expect(stderr).toContain('config_untrusted')
    expect(stderr).toContain('keys from evil.example would decide whose tokens are accepted')
    expect((await runGateway(project, ['trust', '--yes'])).code).toBe(0)
    dev = await startDev(project, ['--upstream', 'simulated', '--stream-speed', '0'])
    expect((await ask(dev.key)).status).toBe(200)
  })
})
