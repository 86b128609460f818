import type { SensorStory } from '../sensor-story.ts';
import type { ModuleView, RouteView, Story } from '../story.ts';
import type { Glyphs } from './glyphs.ts';
import { fitLine, type Line, type Look, span } from './paint.ts';
import { fit, fitRight } from './text-width.ts';

const LEFT_WIDTH = 38;
const RIGHT_WIDTH = 38;
const ROWS_MIN = 7;
const STATE_LOOK: Readonly<Record<string, Look>> = {
  running: 'good',
  starting: 'notice',
  stopping: 'notice',
  stopped: 'dim',
  unknown: 'dim',
};

/**
 * Modules and the Bluetooth sensor on the left, routes on the right; without the sensor one above the other, and shorter, when the
 * terminal is narrow.
 */
export function tableLines(story: Story, width: number, glyphs: Glyphs, rowsMax: number): Line[] {
  const left = [MODULE_HEADING, ...[...story.modules.values()].map((module) => moduleLine(module, glyphs))];
  const right = [ROUTE_HEADING, ...[...story.routes.values()].map(routeLine)];
  if (width < LEFT_WIDTH + RIGHT_WIDTH) return [...left.slice(0, 5), ...right.slice(0, 4)];
  if (story.sensor !== undefined) {
    left.splice(rowsMax - 2); // the sensor is shown in any case
    left.push(SENSOR_HEADING, sensorLine(story.sensor, glyphs));
  }
  const leftWidth = Math.max(LEFT_WIDTH, Math.min(48, width - RIGHT_WIDTH - 2));
  const rows = Math.max(ROWS_MIN, Math.min(rowsMax, left.length, right.length));
  return Array.from({ length: rows }, (_, i) => [
    ...fitLine(left[i] ?? [], leftWidth),
    ...fitLine(right[i] ?? [], width - leftWidth),
  ]);
}

const MODULE_HEADING: Line = [
  span(fit(' module', 14), 'dim'),
  span(fit('state', 9), 'dim'),
  span(fitRight('event/s', 7), 'dim'),
  span(fitRight('size', 8), 'dim'),
];

function moduleLine({ id, state, restarts, events, bytes }: ModuleView, { dot }: Glyphs): Line {
  const look = STATE_LOOK[state] ?? 'bad';
  return [
    span(` ${dot} `, look),
    span(fit(id, 10)),
    span(' '),
    span(fit(state, 8), look),
    span(' '),
    span(fitRight(events.perSecond.toFixed(1), 7)),
    span(fitRight(bytes === undefined ? '' : `${(bytes / 1000).toFixed(1)} KB`, 8), 'dim'),
    span(restarts === 0 ? '' : ` ${restarts}x`, 'notice'),
  ];
}

const SENSOR_HEADING: Line = [
  span(fit(' sensor', 14), 'dim'),
  span(fit('link', 9), 'dim'),
  span(fitRight('°C', 5), 'dim'),
  span(fitRight('%', 4), 'dim'),
  span(fitRight('hPa', 6), 'dim'),
];

function sensorLine({ device, link, climate }: SensorStory, { dot }: Glyphs): Line {
  const look = link === 'linked' ? 'good' : 'notice';
  const { temperatureCel, humidityPct, pressurePa } = climate;
  return [
    span(` ${dot} `, look),
    span(fit(device, 10)),
    span(' '),
    span(fit(link, 8), look),
    span(' '),
    span(fitRight(temperatureCel?.toFixed(1) ?? '-', 5)),
    span(fitRight(humidityPct?.toFixed(0) ?? '-', 4)),
    span(fitRight(pressurePa === undefined ? '-' : (pressurePa / 100).toFixed(0), 6)),
  ];
}

const ROUTE_HEADING: Line = [
  span(fit('route', 20), 'dim'),
  span(fitRight('msg/s', 7), 'dim'),
  span(fitRight('total', 9), 'dim'),
];

function routeLine({ name, matched, dropped }: RouteView): Line {
  const look = matched.perSecond > 0 ? 'plain' : 'dim';
  return [
    span(fit(name, 19), look),
    span(' '),
    span(fitRight(matched.perSecond.toFixed(1), 7), look),
    span(fitRight(matched.total.toLocaleString('en-US'), 9), look),
    span(dropped === 0 ? '' : ` -${dropped}`, 'notice'),
  ];
}
