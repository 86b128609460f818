import { Section } from '../../parts/assembly/section';
import { ALL_TYPES, sentenceType, TYPES } from './sentence-type';

const INTERVAL_MAX_MS: i32 = 3_600_000;

/** The desired properties, decoded. */
export class ReceiverSettings {
  device: string = '';
  /** Types that are taken, one bit each. */
  types: u32 = ALL_TYPES;
  isMerged: bool = false;
  intervalMs: i32 = 0;
  staleMs: i32 = 0;
}

/** Reads the settings; mistakes go to the problems of the section. */
export function readReceiverSettings(root: Section): ReceiverSettings {
  const settings = new ReceiverSettings();
  settings.device = root.name('device', '');
  if (root.has('sentences')) settings.types = readTypes(root);
  const emit = root.has('emit') ? root.get('emit').text() : 'sentences';
  settings.isMerged = emit == 'merged';
  if (!settings.isMerged && emit != 'sentences') root.problem('emit', 'sentences or merged');
  settings.intervalMs = root.whole('intervalMs', 100, INTERVAL_MAX_MS, 1000);
  settings.staleMs = root.whole('staleMs', 100, INTERVAL_MAX_MS, 5000);
  if (!settings.isMerged && root.has('intervalMs')) root.problem('intervalMs', 'no interval unless emit is merged');
  if (!settings.isMerged && root.has('staleMs')) root.problem('staleMs', 'no age unless emit is merged');
  root.done();
  return settings;
}

function readTypes(root: Section): u32 {
  let types: u32 = 0;
  const list = root.get('sentences');
  for (let item = list.first(); item.exists; item = item.next()) {
    const type = sentenceType(item.text());
    const bit: u32 = type < 0 ? 0 : 1 << type;
    if (bit == 0 || (types & bit) != 0) root.problem('sentences', TYPES + ', each at most once');
    types |= bit;
  }
  if (!list.isArray || list.length == 0) root.problem('sentences', TYPES);
  return types;
}
