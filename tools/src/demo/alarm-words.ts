import { objectOf, textIn } from './json-fields.ts';

/** An alarm in a few words, from whichever of the usual fields it has. */
export function alarmWords(body: Record<string, unknown>): string {
  const causes = Array.isArray(body['causes']) ? body['causes'].map((cause) => objectOf(cause)) : [];
  const rules = causes.map((cause) => textIn(cause, 'rule')).filter((rule) => rule !== '');
  const actions = [body, ...causes].map((part) => textIn(part, 'action')).filter((action) => action !== '');
  const what = textIn(body, 'text') || textIn(body, 'message') || rules.join(', ') || textIn(body, 'rule');
  const severity = textIn(body, 'severity');
  const parts = [
    `alarm ${textIn(body, 'state') || 'arrived'}${severity === '' ? '' : ` (${severity})`}`,
    what,
    actions.at(-1) ?? '',
  ];
  return parts.filter((part) => part !== '').join(': ');
}
