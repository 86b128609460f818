import { JsonValue, JsonWriter, log } from '@gatehouse/sdk';

/** Most mistakes of one document that reach the log. */
const LOGGED_MAX: i32 = 8;
/** Longest wrong value that is shown as it is, in bytes. */
const SHOWN_MAX: i32 = 100;

/** What is wrong in a settings document: the first mistake is kept for the twin, the first few go to the log. */
export class Problems {
  count: i32 = 0;
  private first: JsonWriter = new JsonWriter();

  /** Notes one mistake. `expected` continues the words "expected ..."; what came is null in the twin if it is missing. */
  add(path: string, expected: string, got: JsonValue): void {
    if (this.note(path, expected)) {
      if (got.byteLength > SHOWN_MAX) this.first.set('got', '...');
      else this.first.setValue('got', got);
    }
  }

  /** As `add`, where what came is no value of the document. */
  addText(path: string, expected: string, got: string): void {
    if (this.note(path, expected)) this.first.set('got', got);
  }

  /** The first mistake: an object with `path`, `expected` and `got`. */
  get error(): JsonValue {
    this.first.finish();
    return JsonValue.fromText(this.first.toString());
  }

  /** Returns whether it is the first. */
  private note(path: string, expected: string): bool {
    if (this.count < LOGGED_MAX) log.error(path + ': expected ' + expected);
    if (this.count++ != 0) return false;
    this.first.set('path', path).set('expected', expected);
    return true;
  }
}
