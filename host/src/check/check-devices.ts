import { DEVICES_MAX, differingMembers, type LeafDevices, listenProblems, portProblems } from '../devices/index.ts';
import { deviceProblems, LINES_MAX } from '../drivers/index.ts';
import type { DevicePlaces } from './device-places.ts';

const KINDS = ['devices', 'lines'] as const satisfies readonly (keyof LeafDevices)[];

/**
 * Reports devices and lines that do not fit together, and those of the deployment that `gateway.json` replaces by others.
 *
 * @returns whether a gateway can start with them
 */
export function checkDevices(places: DevicePlaces): boolean {
  for (const kind of KINDS) noteReplaced(kind, places);
  const found = [...placeProblems(places), ...countProblems(places)];
  for (const { kind, name, member, message, severity } of found) {
    places.add(kind, name, { ...(severity && { severity }), code: 'DEVICE_CONFLICT', message }, member);
  }
  return found.every(({ severity }) => severity === 'warning');
}

interface Found {
  readonly kind: keyof LeafDevices;
  readonly name: string;
  readonly member?: string;
  readonly message: string;
  /** An error unless it is said. */
  readonly severity?: 'error' | 'warning';
}

function placeProblems({ merged, bluetooth, metrics }: DevicePlaces): Found[] {
  const problems = deviceProblems(merged.devices, { lines: merged.lines, bluetooth });
  return [
    ...problems.map(({ device, ...problem }): Found => ({ kind: 'devices', name: device, ...problem })),
    ...portProblems(merged, bluetooth).map((problem): Found => ({ ...problem, member: 'path' })),
    ...listenProblems(merged.devices, metrics).map(
      (problem): Found => ({ kind: 'devices', ...problem, member: 'port' }),
    ),
  ];
}

/** Each file has been counted by itself. */
function countProblems({ merged }: DevicePlaces): Found[] {
  const most = { devices: DEVICES_MAX, lines: LINES_MAX };
  return KINDS.flatMap((kind) => {
    const names = Object.keys(merged[kind]);
    const first = names[most[kind]];
    if (first === undefined) return [];
    const message = `expected at most ${most[kind]} ${kind} in both files together, got ${names.length}`;
    return [{ kind, name: first, message }];
  });
}

/** Says which entries of the deployment do not hold on this gateway. Equal ones are not worth a word. */
function noteReplaced(kind: keyof LeafDevices, places: DevicePlaces): void {
  for (const [name, own] of Object.entries(places.inGateway[kind])) {
    const general = Object.hasOwn(places.inDeployment[kind], name) ? places.inDeployment[kind][name] : undefined;
    const members = general === undefined ? [] : differingMembers(general, own);
    if (members.length === 0) continue;
    const message = `takes the place of the ${kind.slice(0, -1)} "${name}" of the deployment, which has another ${listed(members)}`;
    places.add(kind, name, { severity: 'note', code: 'DEVICE_REPLACED', message });
  }
}

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
