// Offers a temperature and its limit to a SCADA, which sets the limit; a write of coil 1 makes it fail.
import { Answer, ModbusRegisters, ModbusTable, Module, run, Start, Timer, TimerEvent } from '@gatehouse/sdk';

export * from '@gatehouse/sdk/entry';

class Panel extends Module {
  private readonly scada: ModbusRegisters = new ModbusRegisters('scada');
  private readonly timer: Timer = new Timer(0);
  private limit: u16 = 500;

  onStart(start: Start): void {
    this.scada.accept();
    this.timer.every(50);
  }

  onTimer(timer: TimerEvent): void {
    this.tell();
  }

  onAnswer(answer: Answer): void {
    const write = this.scada.accepted(answer);
    if (write === null) return;
    assert(!write.has(ModbusTable.Coil, 1), 'told to fail');
    if (write.has(ModbusTable.Holding, 10)) this.limit = write.value(10);
    this.tell();
  }

  private tell(): void {
    this.scada.setFloat(ModbusTable.Input, 0, 21.5);
    this.scada.setRegister(ModbusTable.Holding, 10, this.limit);
  }
}

run(new Panel());
