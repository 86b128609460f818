import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { GatehouseError } from '../errors.ts';

export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | {
      readonly kind: 'check';
      readonly deployment: string;
      readonly gateway: string | undefined;
      readonly json: boolean;
    }
  | { readonly kind: 'doctor'; readonly gateway: string | undefined; readonly json: boolean }
  | {
      readonly kind: 'status';
      readonly gateway: string | undefined;
      readonly url: string | undefined;
      readonly json: boolean;
    }
  | {
      readonly kind: 'bundle';
      readonly deployment: string | undefined;
      readonly gateway: string | undefined;
      readonly url: string | undefined;
      readonly out: string | undefined;
    }
  | {
      readonly kind: 'run';
      readonly deployment: string;
      readonly gateway: string | undefined;
      readonly output: 'text' | 'json';
      readonly statusEverySeconds: number;
    };

export const HELP = `gatehouse-host - runs sandboxed WebAssembly modules on a gateway

Usage:
  gatehouse-host run --deployment FILE [--gateway FILE] [options]
  gatehouse-host check FILE [--gateway FILE] [--json]
  gatehouse-host doctor [--gateway FILE] [--json]
  gatehouse-host status [--gateway FILE | --url URL] [--json]
  gatehouse-host bundle [-o FILE] [--deployment FILE] [--gateway FILE] [--url URL]

Commands:
  run     start the modules of a deployment and keep them going until SIGINT or SIGTERM
  check   report everything that is wrong with a deployment, its modules and its routes
  doctor  report whether a gateway works on this machine, and how many modules fit on it
  status  ask the host that runs on this machine how it is
  bundle  put everything that helps to find a fault into one archive, without secrets

Options:
  --deployment FILE     deployment manifest: modules, grants, routes, desired properties
  --gateway FILE        what is local to this gateway: device id, devices, hub
                        (default: gateway.json beside the deployment, if it exists; status, bundle:
                        gateway.json in this folder, then /etc/gatehouse/gateway.json)
  --output text|json    log lines as text on stderr, or one JSON object a line on stdout (default: text)
  --status-every N      print states and counters every N seconds (default: 0, never)
  --url URL             status, bundle: where the host listens, such as http://127.0.0.1:9600
                        (default: "metrics" of the gateway configuration)
  -o, --out FILE        bundle: the archive, which must not exist
                        (default: gatehouse-bundle-TIME.tar.gz in this folder)
  --json                check: the problems as one JSON array; doctor: the findings, status: the health,
                        as one JSON object
  --help, --version

Exit codes:
  0   ended in order; check, doctor: no error; status: the host is ready; bundle: written
  1   could not start; check, doctor: at least one error; status: it is not ready; bundle: not written
  2   the command line is wrong
  3   status: no host answers

Examples:
  gatehouse-host check deployment.json
  gatehouse-host run --deployment deployment.json --gateway /etc/gatehouse/gateway.json
  gatehouse-host doctor --gateway /etc/gatehouse/gateway.json
  gatehouse-host run --deployment deployment.json --output json --status-every 10
  gatehouse-host status
  gatehouse-host status --json --url http://127.0.0.1:9600
  gatehouse-host bundle -o pump-7.tar.gz

Manual: docs/manifest.md, docs/routes.md, docs/errors.md, docs/operations.md, docs/health.md
`;

/**
 * Reads the command line.
 * @throws GatehouseError CLI_USAGE with a sentence that says what is wrong
 */
export function parseCommand(argv: readonly string[]): Command {
  const { values, positionals } = parse(argv);
  if (values.help) return { kind: 'help' };
  if (values.version) return { kind: 'version' };
  const [command, ...rest] = positionals;
  switch (command) {
    case 'check':
      return parseCheck(rest, values);
    case 'doctor':
      return parseDoctor(rest, values);
    case 'run':
      return parseRun(rest, values);
    case 'status':
      return parseStatus(rest, values);
    case 'bundle':
      return parseBundle(rest, values);
    case undefined:
      throw usage('a command is missing: run, check, doctor, status or bundle');
    default:
      throw usage(`unknown command "${command}"; the commands are run, check, doctor, status and bundle`);
  }
}

type Values = ReturnType<typeof parse>['values'];

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        deployment: { type: 'string' },
        gateway: { type: 'string' },
        output: { type: 'string' },
        'status-every': { type: 'string' },
        url: { type: 'string' },
        out: { type: 'string', short: 'o' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
      },
    });
  } catch (cause) {
    throw usage((cause as Error).message.split('. ')[0] ?? 'the options are wrong', cause);
  }
}

function parseCheck(rest: readonly string[], values: Values): Command {
  const file = rest[0] ?? values.deployment;
  if (file === undefined || rest.length > 1) throw usage('check takes one deployment file');
  return { kind: 'check', deployment: file, gateway: gatewayFile(values.gateway, file), json: values.json ?? false };
}

function parseDoctor(rest: readonly string[], values: Values): Command {
  if (rest.length > 0) throw usage('doctor takes no file but --gateway FILE');
  return { kind: 'doctor', gateway: values.gateway, json: values.json ?? false };
}

function parseStatus(rest: readonly string[], { gateway, url, json = false }: Values): Command {
  if (rest.length > 0) throw usage('status takes no file but --gateway FILE');
  return { kind: 'status', gateway, url: originOf(url), json };
}

function parseBundle(rest: readonly string[], { deployment, gateway, url, out }: Values): Command {
  if (rest.length > 0) throw usage('bundle takes no file but --deployment FILE, --gateway FILE and -o FILE');
  return { kind: 'bundle', deployment, gateway, url: originOf(url), out };
}

function originOf(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== 'http:') throw usage('--url takes a url such as http://127.0.0.1:9600');
  return parsed.origin;
}

function parseRun(rest: readonly string[], values: Values): Command {
  const { output = 'text' } = values;
  const deployment = values.deployment ?? rest[0];
  if (deployment === undefined) throw usage('run needs --deployment FILE');
  if (rest.length > (values.deployment === undefined ? 1 : 0)) throw usage('run takes one deployment file');
  if (output !== 'text' && output !== 'json') throw usage(`--output is text or json, not "${output}"`);
  const statusEverySeconds = Number(values['status-every'] ?? 0);
  if (!(statusEverySeconds >= 0 && statusEverySeconds <= 86_400))
    throw usage(`--status-every takes seconds from 0 to 86400, not "${values['status-every']}"`);
  return { kind: 'run', deployment, gateway: gatewayFile(values.gateway, deployment), output, statusEverySeconds };
}

/** The gateway configuration that is named, or the one that lies beside the deployment. */
function gatewayFile(named: string | undefined, deployment: string): string | undefined {
  if (named !== undefined) return named;
  const beside = join(dirname(resolve(deployment)), 'gateway.json');
  return existsSync(beside) ? beside : undefined;
}

function usage(text: string, cause?: unknown): GatehouseError {
  return new GatehouseError('CLI_USAGE', text, { cause });
}
