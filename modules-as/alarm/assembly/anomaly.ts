import { JsonValue } from '@gatehouse/sdk';
import { SEVERITIES } from './incident';

/** One message of the input, decoded. */
export class Anomaly {
  id: string = '';
  rule: string = '';
  device: string = '';
  rank: i32 = 0;
  isRaised: bool = false;
  /** `action.state` of the message, for example `confirmed`; empty without an action. */
  action: string = '';
}

/** Decodes a message, or returns null when it is no anomaly. */
export function readAnomaly(body: JsonValue): Anomaly | null {
  const anomaly = new Anomaly();
  anomaly.id = body.get('id').text();
  anomaly.rule = body.get('rule').text();
  anomaly.device = body.get('device').text();
  anomaly.rank = SEVERITIES.indexOf(body.get('severity').text());
  anomaly.isRaised = body.get('state').equals('raised');
  anomaly.action = body.get('action').get('state').text();
  if (!anomaly.isRaised && !body.get('state').equals('cleared')) return null;
  const isWhole = isShort(anomaly.id) && isShort(anomaly.rule) && isShort(anomaly.device) && anomaly.rank >= 0;
  return isWhole && anomaly.action.length <= 32 ? anomaly : null;
}

/** What is kept for as long as an alarm lasts must have a bound. */
function isShort(text: string): bool {
  return text.length > 0 && text.length <= 128;
}
