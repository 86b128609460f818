import './abort';
import { setCurrentFrame } from './clock';
import { collectWhenDue } from './collection';
import { Answer } from './events/answer';
import { Desired } from './events/desired';
import { Event } from './events/event';
import { Message } from './events/message';
import { MethodCall } from './events/method-call';
import { Start } from './events/start';
import { Stop } from './events/stop';
import { TimerEvent } from './events/timer';
import { clearRefusal, Module, refusal } from './module';

let current: Module = changetype<Module>(0);
let inbox: usize = 0;

/**
 * Makes `module` the one that handles events. Call it once, at the end of the entry file, which also has to pass on the
 * exports of the ABI with `export * from '@gatehouse/sdk/entry'`.
 */
export function run(module: Module): void {
  current = module;
}

/** [ABI-1.3] */
export function gatehouse_abi_version(): i32 {
  return 1;
}

/**
 * [ABI-2.2] The inbox is heap memory, outside the garbage collector. One byte more than the host asks for belongs to
 * it, so that a JSON text at the end of a frame can be closed with a 0.
 */
export function gatehouse_alloc(length: i32): i32 {
  if (inbox != 0) heap.free(inbox);
  inbox = heap.alloc(<usize>length + 16);
  return <i32>((inbox + 7) & ~7);
}

/** [ABI-2.4] */
export function gatehouse_handle(pointer: i32, length: i32): i32 {
  const frame = <usize>pointer;
  const module = current;
  // Only in debug builds: the words would not fit into the smallest modules.
  if (ASC_OPTIMIZE_LEVEL == 0) assert(changetype<usize>(module) != 0, 'run(...) was not called');
  setCurrentFrame(frame);
  clearRefusal();
  switch (changetype<Event>(frame).kind) {
    case 1:
      module.onStart(changetype<Start>(frame));
      break;
    case 2:
      module.onMessage(changetype<Message>(frame));
      break;
    case 3:
      module.onTimer(changetype<TimerEvent>(frame));
      break;
    case 4:
      module.onDesired(changetype<Desired>(frame));
      break;
    case 5:
      module.onMethod(changetype<MethodCall>(frame));
      break;
    case 6:
      module.onAnswer(changetype<Answer>(frame));
      break;
    case 7:
      module.onStop(changetype<Stop>(frame));
  }
  collectWhenDue();
  return refusal;
}
