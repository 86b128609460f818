import { formatProblems, loadDeployment } from '../check/index.ts';
import { Gateway } from '../gateway/gateway.ts';
import { formatLogLine, type LogEntry } from '../gateway/log.ts';
import type { GatewayStatus } from '../gateway/status.ts';
import { ServiceManager, ServiceReport } from '../service/index.ts';
import type { Command } from './options.ts';
import type { Restarted } from './restart.ts';
import { statusLine } from './status-line.ts';
import { stopRequested } from './stop-request.ts';

/** `gatehouse-host run`: starts what can start, and ends in order on SIGINT or SIGTERM. */
export async function run(command: Command & { kind: 'run' }, restarted: Restarted): Promise<number> {
  const stop = stopRequested(restarted);
  const { loaded, problems } = await loadDeployment(command.deployment, command.gateway);
  if (problems.length > 0) process.stderr.write(formatProblems(problems, process.stderr, loaded === undefined));
  if (loaded === undefined) return 1;
  const print = command.output === 'json' ? jsonPrinter : textPrinter;
  const manager = ServiceManager.of(process.env, ({ message }) =>
    print.log({
      level: 4,
      code: 'SERVICE_MANAGER_UNREACHABLE',
      text: `the service manager cannot be told: ${message}`,
    }),
  );
  const service = manager && new ServiceReport(manager);
  const gateway = await Gateway.open({
    loaded,
    problems,
    log: print.log,
    onState: (module, notice) => print.state({ module, ...notice }),
    ...(service === undefined ? {} : { onBeat: (beat) => service.beat(beat), beatEveryMs: service.beatEveryMs }),
  });
  const ticker = command.statusEverySeconds > 0 ? setInterval(report, command.statusEverySeconds * 1000) : undefined;
  const reason = await stop;
  clearInterval(ticker);
  print.log({ level: 6, text: `${reason}: stopping in order; SIGINT once more to stop at once` });
  service?.stopping();
  await gateway.close();
  await manager?.close();
  return 0;

  function report(): void {
    gateway.status().then(print.status, (error: Error) => print.log({ level: 4, text: error.message }));
  }
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
  status: (status: GatewayStatus) => {
    process.stderr.write(`${formatLogLine({ level: 6, text: statusLine(status) }, Date.now())}\n`);
  },
};
