// A module made of functions.
import {
  Answer,
  Desired,
  Handlers,
  log,
  Message,
  MethodCall,
  Output,
  run,
  Start,
  Stop,
  TimerEvent,
} from '@gatehouse/sdk';

export * from '@gatehouse/sdk/entry';

const out = new Output('out');

function start(event: Start): void {
  log.info('start');
}

function forward(message: Message): void {
  out.forward(message);
}

function tick(event: TimerEvent): void {
  log.info('timer');
}

function change(desired: Desired): void {
  log.info('desired');
}

function answer(event: Answer): void {
  log.info('answer');
}

function stop(event: Stop): void {
  log.info('stop');
}

run(new Handlers().start(start).message(forward).timer(tick).desired(change).answer(answer).stop(stop));
