import { JsonValue, JsonWriter, log } from '@gatehouse/sdk';

/** Most mistakes of one document that reach the log. */
const LOGGED_MAX: i32 = 8;
/** Longest wrong value that is shown as it is, in bytes. */
const SHOWN_MAX: i32 = 100;

/** What is wrong in a settings document: the first mistake is kept for the twin, the first few go to the log. */
export class Problems {
  count: i32 = 0;
  private path: string = '';
  private expected: string = '';
  /** What came, a place in the document or text; valid for as long as the document. */
  private got: JsonValue = changetype<JsonValue>(0);
  private gotText: string = '';

  /** Notes one mistake. `expected` continues the words "expected ..."; what came is null in the twin if it is missing. */
  add(path: string, expected: string, got: JsonValue): void {
    if (this.isFirst(path, expected)) this.got = got;
  }

  /** As `add`, where what came is no value of the document. */
  addText(path: string, expected: string, got: string): void {
    if (this.isFirst(path, expected)) this.gotText = got;
  }

  /** Writes the first mistake as member `error` of the open object. */
  write(json: JsonWriter): void {
    json.object('error').set('path', this.path).set('expected', this.expected);
    if (this.gotText.length > 0) json.set('got', this.gotText);
    else if (this.got.byteLength <= SHOWN_MAX) json.setValue('got', this.got);
    json.end();
  }

  private isFirst(path: string, expected: string): bool {
    if (this.count < LOGGED_MAX) log.error(path + ': expected ' + expected);
    if (this.count++ != 0) return false;
    this.path = path;
    this.expected = expected;
    return true;
  }
}
