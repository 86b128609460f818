import { JsonKind, JsonValue } from '@gatehouse/sdk';
import { numberText } from '../../parts/assembly/number-text';
import { Format, formEscape, jsonEscape } from './escape';

const PATH_MAX: i32 = 64;

/** Whether every `{{` of a template begins a place such as `{{causes.0.rule}}`. */
export function isTemplate(template: string): bool {
  for (let open = template.indexOf('{{'); open >= 0; ) {
    const close = template.indexOf('}}', open);
    if (close < 0 || !isPath(template.substring(open + 2, close))) return false;
    open = template.indexOf('{{', close);
  }
  return true;
}

/** The template with the values of a message in its places, escaped for the format; what the message lacks is left empty. */
export function fill(template: string, message: JsonValue, format: Format): string {
  const parts: string[] = [];
  let from = 0;
  for (let open = template.indexOf('{{'); open >= 0; open = template.indexOf('{{', from)) {
    parts.push(template.substring(from, open));
    from = template.indexOf('}}', open) + 2;
    const text = textOf(lookUp(message, template.substring(open + 2, from - 2)));
    parts.push(format == Format.Json ? jsonEscape(text) : text);
  }
  parts.push(template.substring(from));
  return parts.join('');
}

/** The members of an object of templates as a form. */
export function fillForm(fields: JsonValue, message: JsonValue): string {
  const parts: string[] = [];
  for (let field = fields.members(); field.exists; field = field.next())
    parts.push(formEscape(field.key) + '=' + formEscape(fill(field.value.text(), message, Format.Text)));
  return parts.join('&');
}

/** The value at a path of names and numbers with dots between them; missing if there is none. */
function lookUp(message: JsonValue, path: string): JsonValue {
  let value = message;
  for (let from = 0; from <= path.length; ) {
    const dot = path.indexOf('.', from);
    const end = dot < 0 ? path.length : dot;
    const name = path.substring(from, end);
    value = value.isArray ? value.at(indexOf(name)) : value.get(name);
    from = end + 1;
  }
  return value;
}

/** The number that a name is, or -1, at which no list has anything. */
function indexOf(name: string): i32 {
  if (name.length == 0 || name.length > 9) return -1;
  for (let i = 0; i < name.length; i++) if (name.charCodeAt(i) < 0x30 || name.charCodeAt(i) > 0x39) return -1;
  return <i32>parseInt(name, 10);
}

function textOf(value: JsonValue): string {
  if (value.isString) return value.text();
  if (value.isNumber) return numberText(value.f64());
  if (value.kind == JsonKind.Boolean) return value.bool() ? 'true' : 'false';
  return '';
}

function isPath(path: string): bool {
  for (let i = 0; i < path.length; i++) {
    const c = path.charCodeAt(i);
    const letter = c | 0x20;
    const isName = (letter >= 0x61 && letter <= 0x7a) || (c >= 0x30 && c <= 0x39) || c == 0x5f || c == 0x2d;
    if (!isName && c != 0x2e) return false;
  }
  return path.length > 0 && path.length <= PATH_MAX;
}
