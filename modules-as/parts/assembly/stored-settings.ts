import { kv, log, Status } from '@gatehouse/sdk';
import { numberText } from './number-text';
import { SettingsKeeper } from './settings-keeper';

const KEY = 'settings';

/** Settings whose last accepted document survives a restart, in `kv`: a mistake in the twin then never leaves the module without any. */
export class StoredSettings extends SettingsKeeper {
  protected save(document: string): void {
    const status = kv.setText(KEY, document);
    if (status != Status.Ok) log.warning('settings not kept: ' + numberText(status));
  }

  protected load(): string | null {
    return kv.getText(KEY);
  }
}
