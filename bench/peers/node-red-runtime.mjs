// Node-RED's runtime, without editor and HTTP.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import red from 'node-red';

/** Starts these flows; resolves when they run. */
export async function startRuntime(flows) {
  const userDir = mkdtempSync(join(tmpdir(), 'gatehouse-node-red-'));
  process.on('exit', () => rmSync(userDir, { recursive: true, force: true }));
  process.on('SIGTERM', () => process.exit());
  const started = new Promise((resolve) => red.events.once('flows:started', resolve));
  red.init(createServer(), {
    userDir,
    httpAdminRoot: false,
    httpNodeRoot: false,
    logging: { console: { level: 'fatal', metrics: false, audit: false } },
    telemetry: { enabled: false },
    storageModule: storageOf(flows),
  });
  await red.start();
  await started;
}

/** Flows from memory; nothing is saved. */
function storageOf(flows) {
  const nothing = async () => ({});
  return {
    init: async () => undefined,
    getFlows: async () => flows,
    saveFlows: async () => undefined,
    getCredentials: nothing,
    saveCredentials: async () => undefined,
    getSettings: nothing,
    saveSettings: async () => undefined,
    getSessions: nothing,
    saveSessions: async () => undefined,
    getLibraryEntry: async () => [],
    saveLibraryEntry: async () => undefined,
  };
}
