// Speaks like `gatehouse-host run --output json` and does by hand what the four modules do, so that the demonstration can be tested
// without them: polls the pump, publishes what it reads, stops the pump when it leaves its limits. Ends with exit code 3
// when GATEHOUSE_STAND_IN is "crash", a second after the start.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import modbus from 'modbus-serial';
import mqtt from 'mqtt';

const POLL_MS = 100;
const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    deployment: { type: 'string', default: '' },
    gateway: { type: 'string', default: '' },
    output: { type: 'string' },
    'status-every': { type: 'string' },
  },
});
const gateway = JSON.parse(readFileSync(values.gateway, 'utf8'));
const deployment = JSON.parse(readFileSync(values.deployment, 'utf8'));
const agent = deployment.modulesContent.$edgeAgent['properties.desired'];
const mayWrite = agent.modules.guard.settings.grants.modbus[0].write.includes('coil:1');
const moduleIds = Object.keys(agent.modules);
const counts: Record<string, number> = {};
const started = Date.now();

const print = (line: object): boolean => process.stdout.write(`${JSON.stringify(line)}\n`);
const log = (level: number, text: string, more: object = {}): boolean =>
  print({ kind: 'log', time: Date.now(), level, text, ...more });

if (process.env['GATEHOUSE_STAND_IN'] === 'crash') {
  setTimeout(() => {
    process.stderr.write('the stand-in breaks as asked\n');
    process.exit(3);
  }, 1000);
}

const uplink = await mqtt.connectAsync(gateway.uplink.url, { clientId: gateway.deviceId });
const publish = (module: string, output: string, body: object): void => {
  const topic = `devices/${gateway.deviceId}/modules/${module}/messages/events/%24.on=${output}&%24.ct=application%2Fjson/`;
  counts[output] = (counts[output] ?? 0) + 1;
  uplink.publish(topic, JSON.stringify(body), { qos: 1 });
};
const pump = new modbus.default();
pump.setTimeout(500);
await pump.connectTCP('127.0.0.1', { port: gateway.devices.pump.port });
pump.setID(1);
for (const module of moduleIds) print({ kind: 'state', module, state: 'running' });

let isTripped = false;
let denied = 0;
let isPolling = false;
const polling = setInterval(async () => {
  if (isPolling) return;
  isPolling = true;
  try {
    await poll();
  } catch (error) {
    log(4, `poll failed: ${(error as Error).message ?? String(error)}`, { code: 'DEVICE_TIMEOUT' });
  }
  isPolling = false;
}, POLL_MS);

async function poll(): Promise<void> {
  const { data: r } = await pump.readInputRegisters(0, 14);
  const reading = {
    device: 'pump',
    time: Date.now(),
    dischargePressure: r[0]! / 100,
    barrelPressure: r[1]! / 100,
    intakePressure: r[2]! / 100,
    motorCurrent: r[3]! / 100,
    strokeRate: r[4]! / 100,
    runState: r[7],
  };
  publish('translate', 'telemetry', reading);
  if ((counts['telemetry'] ?? 0) % 50 === 0) publish('stats', 'statistics', { device: 'pump', window: 'fiveSeconds' });
  if (reading.dischargePressure >= 64 || reading.runState !== 1 || isTripped) return;
  isTripped = true;
  if (mayWrite) await pump.writeCoil(1, true);
  else denied++;
  publish('alarm', 'alarms', {
    device: 'pump',
    state: 'raised',
    severity: 'critical',
    causes: [{ rule: 'dischargeLow' }],
  });
}

const reporting = setInterval(() => {
  const modules = moduleIds.map((id) => ({
    id,
    state: 'running',
    restarts: 0,
    counters: { events: counts['telemetry'] ?? 0, denied: id === 'guard' ? denied : 0 },
  }));
  const routes = Object.keys(deployment.modulesContent.$edgeHub['properties.desired'].routes).map((name) => ({
    name,
    matched: counts[name] ?? counts['telemetry'] ?? 0,
    dropped: 0,
  }));
  const rssBytes = process.memoryUsage.rss();
  const uptimeMs = Date.now() - started;
  print({
    kind: 'status',
    time: Date.now(),
    uptimeMs,
    rssBytes,
    modules,
    routes,
    uplink: { connected: true, sent: 0, queued: 0, dropped: 0 },
    devices: {},
  });
}, 1000);

const end = (): void => {
  clearInterval(polling);
  clearInterval(reporting);
  pump.close(() => {});
  uplink.end();
};
process.once('SIGTERM', end);
process.once('SIGINT', end);
