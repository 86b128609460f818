import type { GatewayConfig } from '../configuration/gateway.ts';
import type { LeafDevices, MergedDevices } from '../devices/index.ts';
import type { ProblemLog } from '../json/index.ts';
import type { Deployment } from '../manifest/deployment.ts';
import { checkBluetooth } from './check-bluetooth.ts';
import { checkDeviceSecrets, warnOfUnused } from './check-device-use.ts';
import { checkDevices } from './check-devices.ts';
import type { GatewayFile } from './check-grants.ts';
import { checkSerial } from './check-serial.ts';
import { DevicePlaces } from './device-places.ts';

/** The gateway configuration as it was read. */
export interface ReadGatewayFile {
  readonly file?: GatewayFile;
  readonly log?: ProblemLog;
}

/** The gateway configuration with the devices and lines of the deployment. */
export interface JoinedDevices {
  readonly file: GatewayFile;
  readonly sources: MergedDevices['sources']['devices'];
  /** Whether a gateway can start with them. */
  readonly fits: boolean;
}

/** Puts the devices and lines of both files together, and reports in either what does not fit; undefined without a gateway. */
export async function joinDevices(
  deployment: Deployment,
  { file, log }: ReadGatewayFile,
  deploymentLog: ProblemLog,
): Promise<JoinedDevices | undefined> {
  if (file === undefined) return undefined;
  const places = new DevicePlaces(deployment, file, { deployment: deploymentLog, gateway: log });
  const fits = checkDevices(places);
  warnOfUnused(places, deployment);
  checkDeviceSecrets(places, deployment, file.config.secrets ?? {});
  await checkSerial(places.merged, (kind, problem) => places.addToAll(kind, problem));
  const { merged } = places;
  if (log !== undefined) await checkBluetooth(merged.devices, log);
  return { file: { ...file, config: withDevices(file.config, merged) }, sources: merged.sources.devices, fits };
}

function withDevices({ lines: _, ...config }: GatewayConfig, { devices, lines }: LeafDevices): GatewayConfig {
  return { ...config, devices, ...(Object.keys(lines).length === 0 ? {} : { lines }) };
}
