import { formatProblems, loadDeployment } from '../check/index.ts';
import { Gateway } from '../gateway/gateway.ts';
import { formatLogLine, type LogEntry } from '../gateway/log.ts';
import type { GatewayStatus } from '../gateway/status.ts';
import type { Command } from './options.ts';

/** `gatehouse-host run`: starts what can start, and ends in order on SIGINT or SIGTERM. */
export async function run(command: Command & { kind: 'run' }): Promise<number> {
  const { loaded, problems } = await loadDeployment(command.deployment, command.gateway);
  if (problems.length > 0) process.stderr.write(formatProblems(problems, process.stderr));
  if (loaded === undefined) return 1;
  const print = command.output === 'json' ? jsonPrinter : textPrinter;
  const gateway = await Gateway.open({
    loaded,
    log: print.log,
    onState: (module, notice) => print.state({ module, ...notice }),
  });
  const ticker = command.statusEverySeconds > 0 ? setInterval(report, command.statusEverySeconds * 1000) : undefined;
  const signal = await ended();
  clearInterval(ticker);
  print.log({ level: 6, text: `${signal}: stopping in order; once more to stop at once` });
  process.once('SIGINT', () => process.exit(130));
  await gateway.close();
  return 0;

  function report(): void {
    gateway.status().then(print.status, (error: Error) => print.log({ level: 4, text: error.message }));
  }
}

/** Resolves when the process is asked to end. */
function ended(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
}

const line = (value: object): void => {
  process.stdout.write(`${JSON.stringify(value)}\n`);
};

const jsonPrinter = {
  log: (entry: LogEntry) => line({ kind: 'log', time: Date.now(), ...entry }),
  state: (notice: object) => line(notice),
  status: (status: GatewayStatus) => line({ kind: 'status', ...status }),
};

const textPrinter = {
  log: (entry: LogEntry) => {
    process.stderr.write(`${formatLogLine(entry, Date.now())}\n`);
  },
  state: () => undefined,
  status: ({ modules, uplink, rssBytes }: GatewayStatus) => {
    const states = modules.map(({ id, state, counters }) => `${id} ${state} ${counters.events} events`).join(', ');
    const hub = uplink === undefined ? 'no uplink' : `uplink ${uplink['sent']} sent, ${uplink['queued']} waiting`;
    process.stderr.write(
      `${formatLogLine({ level: 6, text: `${states}; ${hub}; ${Math.round(rssBytes / 1e6)} MB` }, Date.now())}\n`,
    );
  },
};
