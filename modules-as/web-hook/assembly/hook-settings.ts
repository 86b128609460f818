import { JsonKind, JsonValue, JsonWriter } from '@gatehouse/sdk';
import { Section } from '../../parts/assembly/section';
import { Format } from './escape';
import { isTemplate } from './template';

const SERVER_MAX: i32 = 256;
const PATH_MAX: i32 = 1024;
/** Longest template of a body, as text. */
const BODY_MAX: i32 = 2048;

/** The desired properties, decoded. */
export class HookSettings {
  server: string = '';
  path: string = '/';
  format: Format = Format.Json;
  /** The template, as JSON text for `json` and `form`; null for messages as they are. */
  body: string | null = null;
  timeoutMs: i32 = 0;

  get contentType(): string {
    if (this.format == Format.Json) return 'application/json';
    return this.format == Format.Form ? 'application/x-www-form-urlencoded' : 'text/plain; charset=utf-8';
  }
}

/** Reads the settings; mistakes go to the problems of the section. */
export function readHookSettings(root: Section): HookSettings {
  const settings = new HookSettings();
  settings.server = root.get('server').text();
  if (!isOrigin(settings.server)) root.problem('server', 'http(s)://host, with :port unless it is 443 or 80');
  if (root.has('path')) settings.path = root.get('path').text();
  if (!isHttpPath(settings.path)) root.problem('path', '/..., visible ASCII, at most 1024 characters');
  settings.timeoutMs = root.whole('timeoutMs', 0, 60_000, 0);
  const format = root.name('format', 'json');
  if (format == 'form') settings.format = Format.Form;
  else if (format == 'text') settings.format = Format.Text;
  else if (format != 'json') root.problem('format', 'json, form or text');
  settings.body = readBody(root, settings.format);
  root.done();
  return settings;
}

function readBody(root: Section, format: Format): string | null {
  const value = root.get('body');
  if (!value.exists) {
    if (format == Format.Form) root.problem('body', 'an object of the fields of the form');
    return null;
  }
  const isOfFormat = format == Format.Text ? value.isString : value.isObject;
  const text = format == Format.Text ? value.text() : textOf(value);
  if (!isOfFormat) root.problem('body', format == Format.Text ? 'a text' : 'an object');
  else if (format == Format.Form && !hasOnlyTexts(value)) root.problem('body', 'an object of texts');
  else if (text.length > BODY_MAX) root.problem('body', 'at most 2048 characters');
  else if (!isTemplate(text)) root.problem('body', 'places such as {{device}} or {{causes.0.rule}}');
  return text;
}

/** A value as JSON text. */
function textOf(value: JsonValue): string {
  const json = JsonWriter.object().clearToArray().addValue(value).toString();
  return json.substring(1, json.length - 1);
}

function hasOnlyTexts(object: JsonValue): bool {
  for (let member = object.members(); member.exists; member = member.next())
    if (member.value.kind != JsonKind.String) return false;
  return true;
}

/** Whether `HttpServer` takes it; whether it can be one is for the host to say. */
function isOrigin(text: string): bool {
  const start = text.startsWith('https://') ? 8 : text.startsWith('http://') ? 7 : 0;
  if (start == 0 || text.length == start || text.length > SERVER_MAX) return false;
  for (let i = start; i < text.length; i++) {
    const c = text.charCodeAt(i);
    const isName = (c >= 0x61 && c <= 0x7a) || (c >= 0x30 && c <= 0x39) || c == 0x2d || c == 0x2e;
    if (!isName && c != 0x3a && c != 0x5b && c != 0x5d) return false;
  }
  const colon = text.lastIndexOf(':');
  if (colon < start || colon < text.lastIndexOf(']')) return true;
  const digits = text.substring(colon + 1);
  const port = parseInt(digits, 10);
  return colon > start && digits.length <= 5 && port >= 1 && port <= 65_535;
}

function isHttpPath(text: string): bool {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c <= 0x20 || c >= 0x7f) return false;
  }
  return text.startsWith('/') && text.length <= PATH_MAX;
}
