import { constants, existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { release } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkDeployment } from '../check/index.ts';
import { readTextFile } from '../check/read-text-file.ts';
import { decodeGateway, type GatewayConfig } from '../configuration/index.ts';
import { type Finding, formatFindings } from '../doctor/index.ts';
import { askHealth, askHost, findHost, formatHealth, type Health } from '../health/index.ts';
import { decodeDeployment } from '../manifest/decode-deployment.ts';
import type { Deployment } from '../manifest/deployment.ts';
import { knownSecrets } from './known-secrets.ts';
import { type ListedFile, listFiles } from './listed-files.ts';
import { redactDeployment, redactGateway } from './redact.ts';

/** Of each file of the security log, its end. */
const LOG_BYTES_MAX = 262_144;
const COLUMNS = 100;
/** What every security event has. */
const EVENT_MEMBERS = [
  ['time', 'string'],
  ['sequence', 'number'],
  ['kind', 'string'],
  ['code', 'string'],
  ['text', 'string'],
] as const;

export interface BundleOptions {
  readonly deployment: string | undefined;
  readonly gateway: string | undefined;
  /** Where the host listens; undefined: where its configuration says. */
  readonly url: string | undefined;
  readonly version: string;
  readonly examine: () => Promise<readonly Finding[]>;
}

/** A file of a bundle before anything is removed from it. */
export interface BundleFile {
  readonly name: string;
  readonly text: string;
  /** What it is, for whoever opens the archive. */
  readonly about: string;
}

export interface Gathered {
  readonly files: readonly BundleFile[];
  /** What could not be had, and why. */
  readonly absent: readonly { readonly name: string; readonly why: string }[];
  readonly secrets: ReadonlySet<string>;
}

/** Gathers what a bundle consists of. What cannot be had is named, and holds the rest up no more than a moment. */
export async function gatherBundle(options: BundleOptions): Promise<Gathered> {
  const files: BundleFile[] = [];
  const absent: { name: string; why: string }[] = [];
  const add = async (name: string, about: string, make: () => Promise<string>): Promise<void> => {
    try {
      files.push({ name, about, text: await make() });
    } catch (error) {
      absent.push({ name, why: (error as Error).message });
    }
  };
  const sources = await readSources(options);
  const { gateway, deployment } = sources;
  await add('machine.json', 'the process that made this bundle', async () => json(machine(options.version)));
  await add('doctor.txt', 'whether a gateway works on this machine', async () =>
    formatFindings(await options.examine(), COLUMNS),
  );
  await add('gateway.json', 'the gateway configuration as it was read, without secrets', async () =>
    json(redactGateway(known(gateway, options.gateway))),
  );
  await add(
    'deployment.json',
    'the deployment as it was read, without secrets and without texts for modules',
    async () =>
      json(redactDeployment(known(deployment, options.deployment), new Set(Object.keys(gateway?.secrets ?? {})))),
  );
  await add('problems.json', 'what gatehouse-host check finds, without its words, which may quote the files', () =>
    problems(options),
  );
  const origin = options.url ?? (await findHost(options.gateway).catch((error: Error) => error));
  const at = (): string => {
    if (origin instanceof Error) throw origin;
    return origin;
  };
  let health: Health | undefined;
  await add('health.json', 'how the running host is', async () => {
    health = await askHealth(at());
    return json(health);
  });
  await add('health.txt', 'the same as a table', async () => formatHealth(known(health, undefined)));
  await add('metrics.txt', 'its counters', async () => (await askHost(at(), '/metrics')).text);
  for (const [name, file] of securityLogs(gateway))
    await add(name, `the end of ${file}`, async () => eventsIn(await readEnd(file)));
  await add('files.json', 'files of the host, with sizes', async () => json(await listed(options, sources)));
  return { files, absent, secrets: await knownSecrets(gateway, sources.texts) };
}

interface Sources {
  readonly gateway: GatewayConfig | undefined;
  readonly deployment: Deployment | undefined;
  readonly texts: readonly string[];
}

async function readSources({ deployment, gateway }: BundleOptions): Promise<Sources> {
  const read = async (file: string | undefined, what: string): Promise<string | undefined> => {
    const source = file === undefined ? undefined : await readTextFile(file, what);
    return source !== undefined && 'text' in source ? source.text : undefined;
  };
  const gatewayText = await read(gateway, 'a gateway configuration');
  const deploymentText = await read(deployment, 'a deployment manifest');
  return {
    gateway: gatewayText === undefined ? undefined : decodeGateway(gatewayText, gateway as string).value,
    deployment: deploymentText === undefined ? undefined : decodeDeployment(deploymentText, deployment as string).value,
    texts: [gatewayText ?? '', deploymentText ?? ''],
  };
}

/** What does not decode is not shown: nobody knows what in it is secret. */
function known<T>(value: T | undefined, file: string | undefined): T {
  if (value !== undefined) return value;
  throw new Error(file === undefined ? 'it is not known' : `${file} cannot be read or has errors, see problems.json`);
}

const machine = (version: string): object => ({
  ...{ version, node: process.version, platform: process.platform, architecture: process.arch, kernel: release() },
  ...{ options: process.execArgv, user: process.getuid?.(), time: new Date().toISOString() },
});

async function problems({ deployment, gateway }: BundleOptions): Promise<string> {
  if (deployment === undefined) throw new Error('no deployment was named');
  const found = await checkDeployment(deployment, gateway);
  return json(found.map(({ message: _, ...problem }) => problem));
}

/** Those that there are, the newest first. */
function securityLogs(gateway: GatewayConfig | undefined): [name: string, file: string][] {
  if (gateway?.securityLog === undefined) return [];
  const { file, files } = gateway.securityLog;
  return Array.from({ length: files }, (_, age) => (age === 0 ? '' : `.${age}`))
    .map((end): [string, string] => [`security.log${end}`, `${file}${end}`])
    .filter(([, path]) => existsSync(path));
}

async function readEnd(file: string): Promise<string> {
  // A pipe would keep whoever reads it waiting, and through a link no host has written.
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);
  const handle = await open(file, flags);
  try {
    const status = await handle.stat();
    if (!status.isFile()) throw new Error('it is no regular file');
    const { size } = status;
    const from = Math.max(0, size - LOG_BYTES_MAX);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - from), 0, size - from, from);
    const text = buffer.toString('utf8', 0, bytesRead);
    return from === 0 ? text : text.slice(text.indexOf('\n') + 1);
  } finally {
    await handle.close();
  }
}

/**
 * Only what a security log has: whoever may write where it is could have put a folder in its place that has another file, which who
 * makes the bundle can read.
 */
function eventsIn(text: string): string {
  const lines = text.split('\n').filter((line) => line !== '');
  const events = lines.filter(isEvent);
  const left = lines.length - events.length;
  return [...events, ...(left === 0 ? [] : [`(${left} lines left out that are no events)`]), ''].join('\n');
}

function isEvent(line: string): boolean {
  if (!line.startsWith('{')) return false;
  try {
    const event = JSON.parse(line) as Partial<Record<string, unknown>>;
    return EVENT_MEMBERS.every(([name, type]) => typeof event[name] === type);
  } catch {
    return false;
  }
}

async function listed({ deployment: manifest, gateway: file }: BundleOptions, sources: Sources): Promise<ListedFile[]> {
  const { gateway, deployment } = sources;
  const paths = [
    dirname(fileURLToPath(import.meta.url)),
    ...[file, manifest, gateway?.trust?.file, gateway?.stateFolder],
    ...(deployment?.modules ?? []).map(({ image }) => image),
    ...securityLogs(gateway).map(([, path]) => path),
  ].filter((path) => path !== undefined);
  return (await Promise.all([...new Set(paths)].map((path) => listFiles(path)))).flat();
}

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
