import { numberText } from '../../parts/assembly/number-text';
import { Section } from '../../parts/assembly/section';

const STEPS_MAX: i32 = 4;

/** The desired properties, decoded. */
export class AlarmSettings {
  /** One alarm for each rule of a device instead of one for the device. */
  isByRule: bool = false;
  holdOffMs: f64 = 5_000;
  clearNeedsAcknowledge: bool = false;
  /** Times after the first anomaly at which an alarm nobody acknowledged is escalated, ascending. */
  escalateAfterMs: f64[] = [60_000, 300_000];
}

/** Reads the settings; mistakes go to the problems of the section. */
export function readAlarmSettings(root: Section): AlarmSettings {
  const settings = new AlarmSettings();
  const groupBy = root.name('groupBy', 'device');
  settings.isByRule = groupBy == 'rule';
  if (!settings.isByRule && groupBy != 'device') root.problem('groupBy', 'device or rule');
  settings.holdOffMs = root.whole('holdOffMs', 0, 86_400_000, 5_000);
  settings.clearNeedsAcknowledge = root.flag('clearNeedsAcknowledge');
  const steps = root.get('escalateAfterMs');
  if (steps.exists) settings.escalateAfterMs = readSteps(root);
  root.done();
  return settings;
}

function readSteps(root: Section): f64[] {
  const value = root.get('escalateAfterMs');
  const steps: f64[] = [];
  if (!value.isArray || value.length > STEPS_MAX) root.problem('escalateAfterMs', 'a list of at most 4 times');
  let last: f64 = 99;
  for (let step = value.first(); step.exists; step = step.next()) {
    const ms = step.i32(-1);
    const place = root.place('escalateAfterMs') + '[' + numberText(steps.length) + ']';
    if (ms <= last || ms > 604_800_000)
      root.problems.add(place, 'a whole number from 100 to 604800000, ascending', step);
    last = ms;
    steps.push(ms);
  }
  return steps;
}
