import { JsonMember } from '@gatehouse/sdk';
import { Section } from '../../parts/assembly/section';
import { AdaptiveMean } from './adaptive-mean';
import { Condition } from './condition';
import { Rule } from './rule';
import { Vote } from './vote';

const RULES_MAX: i32 = 32;

/** The desired properties, decoded. */
export class GuardSettings {
  device: string = '';
  /** The first rule, for going through all of them by `next`. */
  first: Rule | null = null;
  /** What stops the device; null when no rule may. */
  stop: StopSettings | null = null;
}

/** Which coil stops the device, and how hard to try. */
export class StopSettings {
  constructor(
    readonly device: string,
    /** The address as it was written, `coil:1`, and its number. */
    readonly place: string,
    readonly address: i32,
    readonly value: i32,
    readonly expiryMs: i32,
    readonly recheckMs: i32,
  ) {}
}

/** Reads the settings; mistakes go to the problems of the section. */
export function readGuardSettings(root: Section): GuardSettings {
  const settings = new GuardSettings();
  settings.device = root.name('device', '');
  if (root.has('stop')) settings.stop = readStop(root.section('stop'), settings.device);
  const list = root.section('rules');
  const count = list.value.length;
  if (count == 0 || count > RULES_MAX) root.problem('rules', '1 to 32 rules');
  for (let member = list.value.members(); member.exists; member = member.next()) {
    const rule = readRule(list, member, settings.stop !== null);
    rule.next = settings.first;
    settings.first = rule;
  }
  root.done();
  return settings;
}

function readRule(list: Section, member: JsonMember, canStop: bool): Rule {
  const section = list.named(member);
  const field = section.name('field', '');
  const need = section.whole('need', 1, 32, 1);
  const vote = new Vote(need, section.whole('of', need, 32, need));
  const zScore = section.number('zScore', 0.1, 1000, Infinity);
  const isLearning = isFinite(zScore);
  const low = isLearning ? -zScore : section.finite('low', -Infinity);
  const high = isLearning ? zScore : section.finite('high', Infinity);
  if (low == -Infinity && high == Infinity) section.problem('high', 'high, low or zScore');
  const hysteresis = section.number('hysteresis', 0, f64.MAX_VALUE, 0);
  if (low + hysteresis > high - hysteresis) section.problem('hysteresis', 'at most half of high - low');
  const floor = isLearning ? section.number('minDeviation', 1e-9, f64.MAX_VALUE, NaN) : 1;
  const rule = new Rule(member.key, field, vote, low, high, hysteresis, floor, isLearning ? readMemory(section) : null);
  rule.severity = section.name('severity', 'warning');
  if (rule.severity != 'info' && rule.severity != 'warning' && rule.severity != 'critical') {
    section.problem('severity', 'info, warning or critical');
  }
  rule.stops = section.flag('stop');
  if (rule.stops && !canStop) section.problem('stop', 'false without settings "stop"');
  if (section.has('when')) rule.when = readCondition(section.section('when'));
  section.done();
  return rule;
}

function readMemory(section: Section): AdaptiveMean {
  return new AdaptiveMean(section.number('alpha', 1e-6, 1, 0.01), section.whole('warmUp', 2, 1_000_000, 100));
}

function readCondition(section: Section): Condition {
  const condition = new Condition(
    section.name('field', ''),
    section.finite('above', 0),
    section.whole('forMs', 0, 3_600_000, 0),
  );
  section.done();
  return condition;
}

function readStop(section: Section, device: string): StopSettings {
  const text = section.get('address').text();
  const address = text.startsWith('coil:') ? numberBehind(text, 5) : -1;
  if (address < 0) section.problem('address', 'coil:N, N from 0 to 65535');
  const settings = new StopSettings(
    device,
    text,
    address,
    section.whole('value', 0, 1, 1),
    section.whole('expiryMs', 50, 60_000, 1_000),
    section.whole('recheckMs', 100, 3_600_000, 5_000),
  );
  section.done();
  return settings;
}

/** The number in the 1 to 5 digits from `start` on, or -1. */
function numberBehind(text: string, start: i32): i32 {
  if (text.length == start || text.length > start + 5) return -1;
  let address = 0;
  for (let i = start; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    address = address * 10 + digit;
  }
  return address <= 65_535 ? address : -1;
}
