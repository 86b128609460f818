import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, suite } from '../../lib/suite.ts';
import { TestGateway } from '../../lib/test-gateway.ts';
import { compileWat, FORWARD_WAT } from '../../lib/wat.ts';

const test = suite('the last time that was saved', { timeoutMs: 30_000 });
const DAY_MS = 86_400_000;

/** Starts a gateway with one module and what its state folder says of the time. */
async function withSavedTime(text: string, body: (host: TestGateway) => Promise<void>): Promise<void> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'gatehouse-state-'));
  try {
    writeFileSync(join(stateFolder, 'time.json'), text);
    const host = await TestGateway.open({
      modules: { forward: { wasm: compileWat(FORWARD_WAT) } },
      routes: {},
      gateway: { deviceId: 'gw', stateFolder },
    });
    try {
      await host.reaches('forward', 'running');
      await body(host);
    } finally {
      await host.close();
    }
  } finally {
    rmSync(stateFolder, { recursive: true, force: true });
  }
}

const savedAt = (ms: number): string => JSON.stringify({ savedAt: new Date(Date.now() + ms).toISOString() });
const coded = (host: TestGateway, code: string) => host.logs.filter((entry) => entry.code === code);

test('is a floor: a clock that says less is not believed, and modules run', () =>
  withSavedTime(savedAt(DAY_MS), async (host) => {
    assert.equal(coded(host, 'TIME_UNKNOWN').length, 1);
    assert.match(
      (await host.gateway.status()).timeUnknown ?? '',
      /^the clock says 20.+ UTC, which cannot be: it is after 20/,
    );
  }));

test('of yesterday says nothing against the clock', () =>
  withSavedTime(savedAt(-DAY_MS), async (host) => {
    assert.equal(coded(host, 'TIME_UNKNOWN').length, 0);
    assert.equal((await host.gateway.status()).timeUnknown, undefined);
  }));

test('that cannot be read is said, and does not count', () =>
  withSavedTime('{"savedAt', async (host) => {
    assert.match(coded(host, 'STATE_LOST')[0]?.text ?? '', /time\.json/);
    assert.equal((await host.gateway.status()).timeUnknown, undefined);
  }));

test.run();
