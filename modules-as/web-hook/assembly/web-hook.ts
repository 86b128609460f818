import { Answer, Desired, log, Message, Module, Start, TimerEvent } from '@gatehouse/sdk';
import { Problems } from '../../parts/assembly/problems';
import { StoredSettings } from '../../parts/assembly/stored-settings';
import { Delivery } from './delivery';
import { readHookSettings } from './hook-settings';

/** Sends what comes in to a server. */
export class WebHook extends Module {
  private readonly keeper: StoredSettings = new StoredSettings('settings');
  private readonly delivery: Delivery = new Delivery();
  private hasSettings: bool = false;

  onStart(start: Start): void {
    this.delivery.queue.load();
  }

  onDesired(desired: Desired): void {
    const problems = new Problems();
    const settings = readHookSettings(this.keeper.merge(desired, problems));
    if (problems.count == 0) {
      this.hasSettings = true;
      this.keeper.accept();
      this.delivery.use(settings);
    } else {
      if (!this.hasSettings) this.takePrevious();
      this.keeper.refuse(problems, this.hasSettings);
    }
  }

  onMessage(message: Message): void {
    const body = message.json();
    if (!body.exists) log.warning('a message from ' + message.sourceName + ' is no JSON');
    this.delivery.take(body, message.text);
  }

  onTimer(timer: TimerEvent): void {
    this.delivery.resume();
  }

  onAnswer(answer: Answer): void {
    this.delivery.answered(answer);
  }

  /** After a restart with a mistake in the twin: goes on with the settings accepted last. */
  private takePrevious(): void {
    const problems = new Problems();
    const section = this.keeper.previous(problems);
    if (section === null) return;
    const settings = readHookSettings(section);
    if (problems.count > 0) return;
    this.hasSettings = true;
    this.delivery.use(settings);
  }
}
