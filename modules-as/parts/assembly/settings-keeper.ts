import { Desired, JsonValue, JsonWriter, twin } from '@gatehouse/sdk';
import { mergePatch } from './merge-patch';
import { Problems } from './problems';
import { Section } from './section';

/**
 * The desired properties as one document. Patches are merged into it; the module reads the whole and says whether it accepts or
 * refuses it, which the twin then shows below `key`:
 *
 * ```json
 * { "settings": { "status": "refused", "errors": 1, "inForce": "previous",
 *     "error": { "path": "rules.high.field", "expected": "a name", "got": "nothing" } } }
 * ```
 */
export class SettingsKeeper {
  private document: string = '{}';

  constructor(private key: string) {}

  /** Takes in desired properties, complete or a patch, and returns the document to read. */
  merge(desired: Desired, problems: Problems): Section {
    const json = JsonWriter.object();
    mergePatch(json, JsonValue.fromText(desired.complete ? '{}' : this.document), desired.body);
    this.document = json.toString();
    return new Section(problems, JsonValue.fromText(this.document), '');
  }

  /** The document was read without a mistake and is in force now. */
  accept(): void {
    this.save(this.document);
    this.report(
      JsonWriter.object()
        .object(this.key)
        .set('status', 'accepted')
        .set('errors', <f64>0)
        .setNull('error')
        .setNull('inForce'),
    );
  }

  /** The document has no mistake by itself, and something else has to prove it. */
  wait(): void {
    this.report(
      JsonWriter.object()
        .object(this.key)
        .set('status', 'waiting')
        .set('errors', <f64>0)
        .setNull('error')
        .setNull('inForce'),
    );
  }

  /** The document has mistakes; `hasPrevious` says whether settings from before are in force. */
  refuse(problems: Problems, hasPrevious: bool): void {
    const json = JsonWriter.object()
      .object(this.key)
      .set('status', 'refused')
      .set('errors', <f64>problems.count);
    json.set('inForce', hasPrevious ? 'previous' : 'none');
    problems.write(json);
    this.report(json);
  }

  /** The document that an instance before this one accepted last, or null. */
  previous(problems: Problems): Section | null {
    const text = this.load();
    return text === null ? null : new Section(problems, JsonValue.fromText(text), '');
  }

  /** Keeps the document beyond the instance; here it does not. */
  protected save(document: string): void {}

  protected load(): string | null {
    return null;
  }

  private report(json: JsonWriter): void {
    twin.report(json);
  }
}
