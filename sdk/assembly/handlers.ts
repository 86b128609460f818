import { Answer } from './events/answer';
import { Desired } from './events/desired';
import { Message } from './events/message';
import { MethodCall } from './events/method-call';
import { Start } from './events/start';
import { Stop } from './events/stop';
import { TimerEvent } from './events/timer';
import { Module } from './module';

/**
 * A module made of functions instead of a class. Functions are set once, before `run`; they cannot close over local
 * variables, so what they share are globals.
 *
 * ```ts
 * import { Handlers, Message, Output, run } from '@gatehouse/sdk';
 * export * from '@gatehouse/sdk/entry';
 *
 * const out = new Output('out');
 *
 * function forward(message: Message): void {
 *   out.forward(message);
 * }
 *
 * run(new Handlers().message(forward));
 * // Likewise start, timer, desired, method, answer and stop.
 * ```
 */
export class Handlers extends Module {
  private startHandler: ((start: Start) => void) | null = null;
  private messageHandler: ((message: Message) => void) | null = null;
  private timerHandler: ((timer: TimerEvent) => void) | null = null;
  private desiredHandler: ((desired: Desired) => void) | null = null;
  private methodHandler: ((call: MethodCall) => void) | null = null;
  private answerHandler: ((answer: Answer) => void) | null = null;
  private stopHandler: ((stop: Stop) => void) | null = null;

  start(handler: (start: Start) => void): this {
    this.startHandler = handler;
    return this;
  }

  message(handler: (message: Message) => void): this {
    this.messageHandler = handler;
    return this;
  }

  timer(handler: (timer: TimerEvent) => void): this {
    this.timerHandler = handler;
    return this;
  }

  desired(handler: (desired: Desired) => void): this {
    this.desiredHandler = handler;
    return this;
  }

  method(handler: (call: MethodCall) => void): this {
    this.methodHandler = handler;
    return this;
  }

  answer(handler: (answer: Answer) => void): this {
    this.answerHandler = handler;
    return this;
  }

  stop(handler: (stop: Stop) => void): this {
    this.stopHandler = handler;
    return this;
  }

  onStart(start: Start): void {
    const handler = this.startHandler;
    if (handler !== null) handler(start);
  }

  onMessage(message: Message): void {
    const handler = this.messageHandler;
    if (handler !== null) handler(message);
  }

  onTimer(timer: TimerEvent): void {
    const handler = this.timerHandler;
    if (handler !== null) handler(timer);
  }

  onDesired(desired: Desired): void {
    const handler = this.desiredHandler;
    if (handler !== null) handler(desired);
  }

  onMethod(call: MethodCall): void {
    const handler = this.methodHandler;
    if (handler !== null) handler(call);
    else super.onMethod(call);
  }

  onAnswer(answer: Answer): void {
    const handler = this.answerHandler;
    if (handler !== null) handler(answer);
  }

  onStop(stop: Stop): void {
    const handler = this.stopHandler;
    if (handler !== null) handler(stop);
  }
}
