import { existsSync } from 'node:fs';
import { readTextFile } from '../check/read-text-file.ts';
import { decodeGateway } from '../configuration/index.ts';
import { GatehouseError } from '../errors.ts';
import { hostAndPort } from '../network/host-address.ts';

/** Where the packaged service has it. */
const SYSTEM_FILE = '/etc/gatehouse/gateway.json';
/** Addresses that mean all of the machine, and one of them that can be asked. */
const ASKABLE: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** The gateway configuration that is named, or that of this folder or of the service, if there is one. */
export function gatewayFileHere(named: string | undefined): string | undefined {
  return named ?? ['gateway.json', SYSTEM_FILE].find((file) => existsSync(file));
}

/**
 * Where the host of a gateway configuration listens, such as `http://127.0.0.1:9600`.
 *
 * @throws GatehouseError HOST_UNREACHABLE with what to write or name
 */
export async function findHost(named: string | undefined): Promise<string> {
  const file = gatewayFileHere(named);
  if (file === undefined)
    throw unknown(
      `there is no gateway.json here and no ${SYSTEM_FILE}; name it with --gateway FILE, or the host with --url URL`,
    );
  const source = await readTextFile(file, 'a gateway configuration');
  if ('problem' in source) throw unknown(`${file}: ${source.problem.message}`);
  const { value } = decodeGateway(source.text, file);
  if (value === undefined) throw unknown(`${file} has errors, which gatehouse-host check lists`);
  const { metrics } = value;
  if (metrics === undefined)
    throw unknown(
      `${file} has no "metrics", so its host does not listen; add "metrics": { "port": 9600 } and start it again`,
    );
  if (metrics.port === 0)
    throw unknown(`by ${file} its host listens on any free port; its log says which: name it with --url URL`);
  return `http://${hostAndPort(ASKABLE[metrics.host] ?? metrics.host, metrics.port)}`;
}

const unknown = (why: string): GatehouseError => new GatehouseError('HOST_UNREACHABLE', why);
