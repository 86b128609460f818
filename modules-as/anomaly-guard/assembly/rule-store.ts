import { JsonValue, JsonWriter, kv } from '@gatehouse/sdk';
import { Rule } from './rule';

/** Keeps a rule beyond the instance: whether it is raised, its last incident and reading, and what it has learned. */
export function storeRule(rule: Rule): void {
  const json = JsonWriter.object()
    .set('raised', rule.raised ? <f64>1 : <f64>0)
    .set('incident', rule.incident)
    .set('value', rule.value)
    .set('time', rule.time);
  const learned = rule.learned;
  if (learned !== null)
    json
      .set('mean', learned.mean)
      .set('variance', learned.variance)
      .set('count', <f64>learned.count);
  kv.setText(keyOf(rule), json.toString());
}

/** Gives a rule back what was kept of it. */
export function restoreRule(rule: Rule): void {
  const text = kv.getText(keyOf(rule));
  if (text === null) return;
  const kept = JsonValue.fromText(text);
  rule.raised = kept.get('raised').f64() == 1;
  rule.incident = kept.get('incident').f64(0);
  rule.value = kept.get('value').f64();
  rule.time = kept.get('time').f64();
  const learned = rule.learned;
  if (learned === null) return;
  learned.mean = kept.get('mean').f64(0);
  learned.variance = kept.get('variance').f64(0);
  learned.count = kept.get('count').i32();
}

/** Forgets a rule that is no longer there. */
export function removeRule(rule: Rule): void {
  kv.remove(keyOf(rule));
}

/** A rule that turns to another field begins anew. */
function keyOf(rule: Rule): string {
  return 'rule/' + rule.name + '/' + rule.field;
}
