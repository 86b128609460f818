import { countText, sizeText } from '../doctor/finding.ts';
import { escapeControls } from '../security/index.ts';
import type { Health, HealthStatus } from './health-shape.ts';

const MARKS = { pass: 'ok', warn: 'WARN', fail: 'ERROR' } as const satisfies Record<HealthStatus, string>;
const GAP = '  ';

interface Column {
  readonly title: string;
  readonly isNumber?: boolean;
}

/** A health as a table for a terminal; the last line says what follows from it. */
export function formatHealth(health: Health): string {
  const { deviceId, version, host, modules, devices } = health;
  const head = `gatehouse-host ${version}, gateway ${deviceId}, up ${durationText(host.uptimeSeconds)}, ${sizeText(host.memoryBytes)}`;
  const parts = [
    [head],
    table([{ title: '' }, { title: '' }, { title: '' }], overview(health)),
    modules.length === 0 ? [] : table(MODULE_COLUMNS, modules.map(moduleRow)),
    devices.length === 0 ? [] : table(DEVICE_COLUMNS, devices.map(deviceRow)),
    conclusion(health),
  ];
  // What came from elsewhere cannot forge a line or move the cursor.
  const shown = parts.filter((lines) => lines.length > 0).map((lines) => lines.map(escapeControls).join('\n'));
  return `${shown.join('\n\n')}\n`;
}

const MODULE_COLUMNS: readonly Column[] = [
  { title: '' },
  { title: 'module' },
  { title: 'state' },
  { title: 'events', isNumber: true },
  { title: 'restarts', isNumber: true },
  { title: 'reason' },
];
const DEVICE_COLUMNS: readonly Column[] = [
  { title: '' },
  { title: 'device' },
  { title: 'state' },
  { title: 'last error' },
];

function overview({ host, live, uplink, disk, journal }: Health): string[][] {
  const silent = host.threads.filter(({ silentSeconds }) => silentSeconds > 0);
  const threads =
    silent.length === 0
      ? ''
      : `; ${silent.map(({ name, silentSeconds }) => `${name} silent for ${silentSeconds} s`).join(', ')}`;
  const rows: [HealthStatus, string, string][] = [
    [live && host.phase === 'running' ? 'pass' : 'fail', 'host', `${host.phase}${threads}`],
  ];
  if (uplink !== undefined) {
    const state = uplink.connected ? 'connected' : uplink.status === 'pass' ? 'not in use' : 'not connected';
    const code = uplink.code === undefined ? '' : ` (${uplink.code})`;
    const dropped = uplink.dropped === 0 ? '' : `, ${countText(uplink.dropped)} dropped`;
    const queue = `${countText(uplink.sent)} sent, ${countText(uplink.queued)} waiting (${sizeText(uplink.queuedBytes)})${dropped}`;
    rows.push([uplink.status, 'uplink', `${state}${code}; ${queue}`]);
  }
  if (disk !== undefined)
    rows.push([disk.status, 'disk', `${sizeText(disk.freeBytes)} of ${sizeText(disk.totalBytes)} free`]);
  if (journal !== undefined)
    rows.push(['pass', 'journal', `${countText(journal.messages)} messages, ${sizeText(journal.bytes)}`]);
  return rows.map(([status, name, text]) => [MARKS[status], name, text]);
}

function moduleRow({
  name,
  status,
  state,
  pausedBy,
  code,
  retryInSeconds,
  restarts,
  events,
}: Health['modules'][number]): string[] {
  const paused = pausedBy === undefined ? '' : pausedBy === 'fuel' ? ', out of fuel' : ', no room ahead';
  const retry = retryInSeconds === undefined ? '' : `, next start in ${retryInSeconds} s`;
  return [MARKS[status], name, `${state}${paused}${retry}`, countText(events), countText(restarts), code ?? ''];
}

const deviceRow = ({ name, status, state, code }: Health['devices'][number]): string[] => [
  ...[MARKS[status], name, state ?? ''],
  code ?? '',
];

function conclusion({ status, ready, live, reasons }: Health): string[] {
  const list = reasons.map((reason) => `${GAP}- ${reason}`);
  if (status === 'pass') return ['Ready; all is well.'];
  if (ready) return ['Ready, but:', ...list];
  return [live ? 'Not ready:' : 'Not live; only a new start helps:', ...list];
}

/** Rows below the titles of their columns, as wide as need be; without titles if all are empty. */
function table(columns: readonly Column[], rows: readonly string[][]): string[] {
  const titles = columns.map(({ title }) => title);
  const shown = titles.every((title) => title === '') ? rows : [titles, ...rows];
  const widths = columns.map((_, at) => Math.max(...shown.map((row) => row[at]?.length ?? 0)));
  return shown.map((row) => {
    const cells = row.map((cell, at) =>
      columns[at]?.isNumber === true ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0),
    );
    return `${GAP}${cells.join(GAP)}`.trimEnd();
  });
}

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** A duration by its two largest units, such as `3 d 4 h`. */
function durationText(seconds: number): string {
  const at = UNITS.findIndex(([, size]) => seconds >= size);
  if (at < 0) return '0 s';
  let rest = seconds;
  const parts = UNITS.slice(at, at + 2).map(([unit, size]) => {
    const whole = Math.floor(rest / size);
    rest -= whole * size;
    return [whole, unit] as const;
  });
  return parts.flatMap(([whole, unit]) => (whole === 0 ? [] : [`${whole} ${unit}`])).join(' ');
}
