import { objectOf, textIn } from './json-fields.ts';

/** What was done about an alarm, such as `confirmed`: of the alarm itself and of each of its causes, in their order. */
export function alarmActions(body: Record<string, unknown>): string[] {
  return [body, ...causesOf(body)].map((part) => textIn(part, 'action')).filter((action) => action !== '');
}

/** An alarm in a few words, from whichever of the usual fields it has. */
export function alarmWords(body: Record<string, unknown>): string {
  const rules = causesOf(body)
    .map((cause) => textIn(cause, 'rule'))
    .filter((rule) => rule !== '');
  const severity = textIn(body, 'severity');
  const parts = [
    `alarm ${textIn(body, 'state') || 'arrived'}${severity === '' ? '' : ` (${severity})`}`,
    textIn(body, 'text') || textIn(body, 'message') || rules.join(', ') || textIn(body, 'rule'),
    alarmActions(body).at(-1) ?? '',
  ];
  return parts.filter((part) => part !== '').join(': ');
}

function causesOf(body: Record<string, unknown>): Record<string, unknown>[] {
  return Array.isArray(body['causes']) ? body['causes'].map(objectOf) : [];
}
