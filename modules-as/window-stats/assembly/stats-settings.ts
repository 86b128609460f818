import { JsonMember } from '@gatehouse/sdk';
import { numberText } from '../../parts/assembly/number-text';
import { isName, NAME, Section } from '../../parts/assembly/section';
import { WindowSettings } from './window-settings';

const WINDOWS_MAX: i32 = 8;
const FIELDS_MAX: i32 = 16;
const SLIDES_MAX: i32 = 60;
const QUANTILES_MAX: i32 = 8;
const LONGEST_MS: i32 = 86_400_000;
const FREE = 'a name that the result does not have itself';

/** Most panes at the same time, all groups together: what bounds the memory. */
export const PANES_MAX: i32 = 256;

/** The desired properties, decoded. */
export class StatsSettings {
  readonly windows: WindowSettings[] = [];
  quantiles: f64[] = [0.5, 0.95, 0.99];
  accuracy: f64 = 0.01;
  isByArrival: bool = false;
  latenessMs: i64 = 0;
  aheadMs: f64 = 0;
  silenceMs: f64 = 0;
  groupBy: string = '';

  /** Number of panes one group needs. */
  get panes(): i32 {
    let panes = 0;
    for (let i = 0; i < this.windows.length; i++) panes += this.windows[i].panes(this.latenessMs);
    return panes;
  }
}

/** Reads the settings; mistakes go to the problems of the section. */
export function readStatsSettings(root: Section): StatsSettings {
  const settings = new StatsSettings();
  settings.accuracy = root.number('accuracy', 0.005, 0.1, 0.01);
  settings.latenessMs = root.whole('latenessMs', 0, 3_600_000, 1_000);
  settings.aheadMs = root.whole('aheadMs', 0, LONGEST_MS, 60_000);
  settings.silenceMs = root.whole('silenceMs', 100, 3_600_000, 2_000);
  settings.groupBy = root.name('groupBy', 'device');
  if (isTaken(settings.groupBy)) root.problem('groupBy', FREE);
  const time = root.name('time', 'event');
  settings.isByArrival = time == 'arrival';
  if (!settings.isByArrival && time != 'event') root.problem('time', 'event or arrival');
  if (root.has('quantiles')) settings.quantiles = readQuantiles(root);
  const list = root.section('windows');
  const count = list.value.length;
  if (count == 0 || count > WINDOWS_MAX) root.problem('windows', '1 to 8 windows');
  for (let member = list.value.members(); member.exists; member = member.next()) {
    settings.windows.push(readWindow(list, member, settings.groupBy));
  }
  root.done();
  if (root.problems.count == 0 && settings.panes > PANES_MAX) {
    root.problems.addText('windows', 'at most ' + numberText(PANES_MAX) + ' panes', numberText(settings.panes));
  }
  return settings;
}

function readWindow(list: Section, member: JsonMember, groupBy: string): WindowSettings {
  const section = list.named(member);
  const lengthMs = section.whole('lengthMs', 100, LONGEST_MS, -1);
  const slideMs = section.whole('slideMs', 100, LONGEST_MS, lengthMs);
  if (lengthMs % slideMs != 0 || lengthMs / slideMs > SLIDES_MAX)
    section.problem('slideMs', 'a 1st to 60th part of lengthMs');
  const window = new WindowSettings(member.key, lengthMs, slideMs, readFields(section, groupBy));
  section.done();
  return window;
}

function readFields(section: Section, groupBy: string): string[] {
  const value = section.get('fields');
  const fields: string[] = [];
  const count = value.length;
  if (!value.isArray || count == 0 || count > FIELDS_MAX) section.problem('fields', 'a list of 1 to 16 names');
  for (let field = value.first(); field.exists; field = field.next()) {
    const name = field.text();
    const place = section.place('fields') + '[' + numberText(fields.length) + ']';
    if (!isName(name)) section.problems.add(place, NAME, field);
    else if (fields.includes(name)) section.problems.add(place, 'each name once', field);
    else if (isTaken(name) || name == groupBy) section.problems.add(place, FREE, field);
    fields.push(name);
  }
  return fields;
}

/** Names that the result has itself. */
function isTaken(name: string): bool {
  return name == 'window' || name == 'start' || name == 'end' || name == 'late' || name == 'partial';
}

function readQuantiles(root: Section): f64[] {
  const value = root.get('quantiles');
  const quantiles: f64[] = [];
  if (!value.isArray || value.length > QUANTILES_MAX) root.problem('quantiles', 'a list of at most 8 numbers');
  for (let element = value.first(); element.exists; element = element.next()) {
    const q = element.f64();
    const place = root.place('quantiles') + '[' + numberText(quantiles.length) + ']';
    if (!(q >= 0 && q <= 1)) root.problems.add(place, 'a number from 0 to 1', element);
    quantiles.push(q);
  }
  return quantiles;
}
