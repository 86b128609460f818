import { REMOVED } from './secret-names.ts';

const LONE_SURROGATE = /\p{Surrogate}/u;

/** The ways in which a secret may stand in a text. */
function formsOf(secret: string): string[] {
  // It has no form in a URL, and none in UTF-8.
  if (LONE_SURROGATE.test(secret)) return [secret];
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64'),
    Buffer.from(secret).toString('base64url'),
  ];
}

/**
 * A text without any of the secrets, however they came into it. The longest go first, because one may be a part of another; a text of
 * which something would remain is given up.
 */
export function scrub(text: string, secrets: ReadonlySet<string>): string {
  const forms = [...new Set([...secrets].flatMap(formsOf))].sort((a, b) => b.length - a.length);
  const scrubbed = forms.reduce((rest, form) => rest.replaceAll(form, REMOVED), text);
  return forms.some((form) => scrubbed.includes(form)) ? '' : scrubbed;
}
