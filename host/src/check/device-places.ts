import { type LeafDevices, type MergedDevices, mergeDevices } from '../devices/index.ts';
import type { ProblemAt, ProblemLog } from '../json/index.ts';
import { AGENT_PATH } from '../manifest/decode-deployment.ts';
import type { Deployment } from '../manifest/deployment.ts';
import type { GatewayFile } from './check-grants.ts';

/** The logs of both files. */
export interface FileLogs {
  readonly deployment: ProblemLog;
  /** Absent if there is no such file. */
  readonly gateway: ProblemLog | undefined;
}

type Said = Omit<ProblemAt, 'path'>;

/** What both files say of devices and lines, and where each entry is, so that a problem is reported where it was written. */
export class DevicePlaces {
  readonly inDeployment: LeafDevices;
  readonly inGateway: LeafDevices;
  readonly merged: MergedDevices;
  /** The adapter of this gateway, if it has one. */
  readonly bluetooth: GatewayFile['config']['bluetooth'];
  /** Where it serves its counters, if it does. */
  readonly metrics: GatewayFile['config']['metrics'];
  readonly #logs: FileLogs;

  constructor(deployment: Deployment, { config }: GatewayFile, logs: FileLogs) {
    this.inDeployment = deployment;
    this.inGateway = { devices: config.devices, lines: config.lines ?? {} };
    this.merged = mergeDevices(this.inDeployment, this.inGateway);
    this.bluetooth = config.bluetooth;
    this.metrics = config.metrics;
    this.#logs = logs;
  }

  /** Reports about an entry, or about a member of it. */
  add(kind: keyof LeafDevices, name: string, problem: Said, member = ''): void {
    const { gateway, deployment } = this.#logs;
    const path = `${kind}.${name}${member === '' ? '' : `.${member}`}`;
    if (this.merged.sources[kind][name] === 'gateway.json') gateway?.add({ ...problem, path });
    else deployment.add({ ...problem, path: `${AGENT_PATH}.${path}` });
  }

  /** Reports about all entries of a kind. */
  addToAll(kind: keyof LeafDevices, problem: Said): void {
    const { gateway, deployment } = this.#logs;
    if (Object.keys(this.inGateway[kind]).length > 0) gateway?.add({ ...problem, path: kind });
    else deployment.add({ ...problem, path: `${AGENT_PATH}.${kind}` });
  }
}
