import { REMOVED } from './secret-names.ts';

const LONE_SURROGATE = /\p{Surrogate}/u;

/** Base64 writes three bytes as four characters, so that it depends on what stands in front of a secret how it is written. */
const BASE64_SHIFTS = [0, 1, 2];

/** The ways in which a secret may stand in a text. */
function formsOf(secret: string): string[] {
  // It has no form in a URL, and none in UTF-8.
  if (LONE_SURROGATE.test(secret)) return [secret];
  const bytes = Buffer.from(secret);
  const hex = bytes.toString('hex');
  const json = inJson(secret);
  const encoded = [bytes.toString('base64'), bytes.toString('base64url')];
  // JSON may be a text within JSON.
  return [secret, json, inJson(json), ...inUrl(secret), hex, hex.toUpperCase(), ...encoded, ...withinBase64(bytes)];
}

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

/** Not all agree on what must be encoded, how a space is, and how its digits are written. */
function inUrl(secret: string): string[] {
  const component = encodeURIComponent(secret);
  const strict = component.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  const forms = [component, strict, encodeURI(secret), strict.replaceAll('%20', '+')];
  return [...forms, ...forms.map((form) => form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()))];
}

/** What is the same wherever bytes stand among others that are base64 together, such as `user:password`: the characters of their bits alone. */
function withinBase64(bytes: Buffer): string[] {
  return BASE64_SHIFTS.flatMap((shift) => {
    const shifted = Buffer.concat([Buffer.alloc(shift), bytes]);
    const from = Math.ceil((shift * 8) / 6);
    const to = Math.floor((shifted.byteLength * 8) / 6);
    return [shifted.toString('base64').slice(from, to), shifted.toString('base64url').slice(from, to)];
  });
}

/** What finds a form, also where the lines of a table were broken within it. */
const finderOf = (form: string): string | RegExp =>
  form.includes(' ') ? new RegExp(form.split(/ +/).map(literally).join('\\s+'), 'g') : form;

const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/**
 * A text without any of the secrets, however they came into it. The longest go first, because one may be a part of another; a text of
 * which something would remain is given up.
 */
export function scrub(text: string, secrets: ReadonlySet<string>): string {
  const forms = [...new Set([...secrets].flatMap(formsOf))].sort((a, b) => b.length - a.length).map(finderOf);
  const scrubbed = forms.reduce<string>((rest, form) => rest.replaceAll(form, REMOVED), text);
  const remains = (form: string | RegExp): boolean =>
    typeof form === 'string' ? scrubbed.includes(form) : scrubbed.search(form) >= 0;
  return forms.some(remains) ? '' : scrubbed;
}
