import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { ServiceManager } from '../../host/src/service/index.ts';
import { until } from '../../test/lib/until.ts';
import { NotifyReceiver } from '../../test/system/service/notify-receiver.ts';
import { type Bench, median, rounded } from '../lib/bench.ts';

const NOTIFICATIONS = 100;
/** Of the times of ended children in /proc. */
const TICK_MS = 10;

/** What it costs to tell systemd something, in the two ways that need no native code of our own. */
export const serviceNotify: Bench = {
  name: 'service-notify',
  question: 'What does a notification of systemd cost by systemd-notify, and what by a helper that stays?',
  async run() {
    const receiver = await NotifyReceiver.open();
    try {
      return { figures: { ...(await measureProcesses(receiver)), ...(await measureHelper(receiver)) }, targets: [] };
    } finally {
      await receiver.close();
    }
  },
};

/** A process for each, as the host does it. */
async function measureProcesses(receiver: NotifyReceiver) {
  const manager = ServiceManager.of({ NOTIFY_SOCKET: receiver.socket }, (error) => {
    throw error;
  }) as ServiceManager;
  const times: number[] = [];
  const [own, children] = [process.cpuUsage(), childrenMs()];
  for (let sent = 0; sent < NOTIFICATIONS; sent++) {
    const began = performance.now();
    manager.notify({ WATCHDOG: '1', STATUS: 'well' });
    await manager.close();
    times.push(performance.now() - began);
  }
  const { user, system } = process.cpuUsage(own);
  return {
    processMs: rounded(median(times)),
    processCpuMs: rounded((childrenMs() - children) / NOTIFICATIONS),
    hostCpuMs: rounded((user + system) / 1_000 / NOTIFICATIONS),
  };
}

/** socat, to which each is a line on its standard input. */
async function measureHelper(receiver: NotifyReceiver) {
  const helper = spawn('socat', ['-u', 'STDIN', `UNIX-SENDTO:${receiver.socket}`], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const own = process.cpuUsage();
  for (let sent = 0; sent < NOTIFICATIONS; sent++) {
    helper.stdin.write(`STATUS=helper ${sent}`);
    await until('it to come', () => receiver.count(`STATUS=helper ${sent}`) > 0);
  }
  const { user, system } = process.cpuUsage(own);
  const memory = Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${helper.pid}/status`, 'utf8'))?.[1]);
  helper.stdin.end();
  await new Promise((resolve) => helper.once('close', resolve));
  return { helperMemoryMb: rounded(memory / 1_024), helperHostCpuMs: rounded((user + system) / 1_000 / NOTIFICATIONS) };
}

/** Processor time of children that have ended: fields 16 and 17, counted behind the name, which may contain anything. */
function childrenMs(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[13]) + Number(fields[14])) * TICK_MS;
}
