import { formatRange, type RegisterRange } from '../../../../host/src/drivers/modbus/commissioning.ts';
import { exceptionText } from './exceptions.ts';
import { Place, type PlaceConfig } from './place.ts';
import { placeText, settingsText } from './place-text.ts';
import { Progress } from './progress.ts';
import { type ReadableRanges, scanRegisters } from './register-scan.ts';
import { identificationText } from './unit-identification.ts';
import { type FoundUnit, scanUnits } from './unit-scan.ts';

/** What a scan is to find. */
export interface ScanOrder {
  readonly units: readonly number[];
  readonly probe: RegisterRange;
  /** Ranges of which it is found what can be read. */
  readonly ranges: readonly RegisterRange[];
  /** Whether units are asked what they are. */
  readonly identifies: boolean;
  readonly isJson: boolean;
}

/**
 * Scans one place, prints each unit as soon as all is known of it, and says how many there are.
 *
 * @param title what is in front of the progress
 */
export async function scanPlace(config: PlaceConfig, order: ScanOrder, title: string): Promise<number> {
  const progress = new Progress();
  const place = await Place.open(config);
  const startedAt = performance.now();
  const asks = (unit: number): void => {
    const done = order.units.indexOf(unit);
    const leftMs = (done === 0 ? 0 : (performance.now() - startedAt) / done) * (order.units.length - done);
    const left = done === 0 ? '' : `, about ${Math.ceil(leftMs / 1000)} s left`;
    progress.show(`unit ${unit}, ${done + 1} of ${order.units.length}${left}: ${title}${placeText(config)}`);
  };
  let count = 0;
  try {
    for await (const found of scanUnits({ ...order, place, config, asks })) {
      count++;
      const ranges = found.kind === 'damaged' ? [] : await readableOf(place, config, order, found.unit, progress);
      progress.clear();
      process.stdout.write(
        order.isJson ? `${JSON.stringify(reportOf(found, config, ranges))}\n` : textOf(found, config, order, ranges),
      );
    }
  } finally {
    progress.clear();
    await place.close();
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stderr.write(
    `${title}${placeText(config)}: ${count} of ${order.units.length} unit ids answer, ${seconds} s\n`,
  );
  if (config.config.type === 'modbus-tcp' && count === order.units.length && count > 2)
    process.stderr.write('All answer: this device does not look at the unit id, and --unit 1 will do.\n');
  return count;
}

async function readableOf(place: Place, config: PlaceConfig, order: ScanOrder, unit: number, progress: Progress) {
  const client = place.client(unit);
  const own: PlaceConfig = { ...config, config: { ...config.config, unitId: unit } };
  const asks = (range: RegisterRange): void => progress.show(`unit ${unit}: ${formatRange(range)}`);
  try {
    const found: ReadableRanges[] = [];
    for (const range of order.ranges) found.push(await scanRegisters({ place, config: own, client, range, asks }));
    return found;
  } finally {
    client.close();
  }
}

function textOf(found: FoundUnit, config: PlaceConfig, order: ScanOrder, ranges: readonly ReadableRanges[]): string {
  const settings = settingsOf(config);
  const lines = ranges.map(({ readable, silent, requests }, index) => {
    const asked = formatRange(order.ranges[index]!);
    const texts = readable.length === 0 ? `nothing of ${asked}` : readable.map(formatRange).join(', ');
    const mute = silent.length === 0 ? '' : `; no answer to ${silent.map(formatRange).join(', ')}`;
    return `  can be read: ${texts}${mute} (${asked}, ${requests} requests)\n`;
  });
  const at = settings === undefined ? '' : ` at ${settings}`;
  const own = found.identification === undefined ? '' : `  ${identificationText(found.identification)}\n`;
  return `unit ${found.unit}${at}: ${answerText(found, order.probe)}\n${own}${lines.join('')}`;
}

function answerText(found: FoundUnit, probe: RegisterRange): string {
  switch (found.kind) {
    case 'value':
      return `${formatRange(probe)} is ${found.value}`;
    case 'exception':
      return `answers; of ${formatRange(probe)}: ${exceptionText(found.exception).name} (exception ${found.exception})`;
    case 'damaged':
      return 'something answers, and it is damaged: two units with this id, or a setting that is nearly right';
    default:
      return found satisfies never;
  }
}

function reportOf(found: FoundUnit, config: PlaceConfig, ranges: readonly ReadableRanges[]) {
  const { unit, kind, ...answer } = found;
  const settings = settingsOf(config);
  return {
    unit,
    ...(settings === undefined ? {} : { settings }),
    answer: kind,
    ...answer,
    ...(ranges.length === 0
      ? {}
      : {
          readable: ranges.flatMap(({ readable }) => readable.map(formatRange)),
          silent: ranges.flatMap(({ silent }) => silent.map(formatRange)),
        }),
  };
}

function settingsOf({ config, lines }: PlaceConfig): string | undefined {
  return config.type === 'modbus-rtu' ? settingsText(lines[config.line]!) : undefined;
}
