// Does one thing for each method, and answers it with what the import returned.
import {
  Answer,
  BleAdvertisements,
  BleCharacteristic,
  BleDevice,
  HttpMethod,
  HttpServer,
  Input,
  JsonWriter,
  kv,
  log,
  Message,
  MethodCall,
  ModbusBlock,
  ModbusDevice,
  ModbusIdentification,
  ModbusLevel,
  ModbusObject,
  ModbusReading,
  ModbusRegisters,
  ModbusTable,
  Module,
  MqttDevice,
  Output,
  Properties,
  refuse,
  respondToMethod,
  run,
  SerialPort,
  Timer,
  TimerEvent,
  twin,
} from '@gatehouse/sdk';

export * from '@gatehouse/sdk/entry';

class Capabilities extends Module {
  private readonly left: Input = new Input('left');
  private readonly right: Input = new Input('right');
  private readonly out: Output = new Output('out');
  private readonly other: Output = new Output('other');
  private readonly properties: Properties = new Properties();
  private readonly pump: ModbusDevice = new ModbusDevice('pumpe-ä');
  private readonly line: SerialPort = new SerialPort('waage-ä');
  private readonly plant: MqttDevice = new MqttDevice('werk-ä', 250);
  private readonly scada: ModbusRegisters = new ModbusRegisters('leitstand-ä');
  private asked: bool = false;
  private readonly plain: HttpServer = new HttpServer('http://a.b:8080', 250);
  private readonly secure: HttpServer = new HttpServer('https://[::1]');
  private readonly sensor: BleDevice = new BleDevice('fühler');
  private readonly temperature: BleCharacteristic = this.sensor.characteristic('181A/2a6e');
  private readonly command: BleCharacteristic = this.sensor.characteristic('6e400001-b5a3-f393-e0a9-e50e24dcca9e/00FF');
  private readonly air: BleAdvertisements = new BleAdvertisements('fühler');
  private readonly timer: Timer = new Timer(5);
  private later: u32 = 0;

  onMessage(message: Message): void {
    if (this.left.is(message)) log.info('left');
    else if (this.right.is(message)) log.info('right');
    else log.info('elsewhere');
    const key = message.property('key');
    if (key !== null) log.debug(key);
  }

  onTimer(timer: TimerEvent): void {
    log.info(this.timer.is(timer) ? 'mine' : 'not mine');
    if (this.later != 0) respondToMethod(this.later, 202, JsonWriter.object().set('late', true));
  }

  onAnswer(answer: Answer): void {
    if (answer.request == 43) {
      this.tellIdentity(ModbusIdentification.of(answer));
      return;
    }
    if (this.asked) {
      this.showWrite(answer);
      return;
    }
    const reading = ModbusReading.of(answer);
    const json = JsonWriter.object().array('blocks');
    let block: ModbusBlock | null = reading.first;
    while (block !== null) {
      json.addArray().add(block.table).add(block.address);
      for (let index = 0; index < <i32>block.count; index++) json.add(block.u16(<i32>block.address + index));
      json.end();
      block = block.next(reading);
    }
    json.end().set('holding1', reading.value(ModbusTable.Holding, 1)).set('coil7', reading.value(ModbusTable.Coil, 7));
    const pair = reading.block(ModbusTable.Holding, 0, 2);
    if (pair !== null) json.set('high', pair.u32(0)).set('low', pair.u32(0, true));
    json.set('tooMany', reading.block(ModbusTable.Holding, 0, 99) === null);
    this.out.emitJson(json);
  }

  private tellIdentity(device: ModbusIdentification): void {
    const json = JsonWriter.object().array('ids');
    for (let index = 0; index < device.count; index++) json.add(device.idAt(index));
    const vendor = device.text(ModbusObject.VendorName);
    const last = device.bytes(255);
    json
      .end()
      .set('vendor', vendor === null ? '-' : vendor)
      .set('last', last === null ? -1 : last.length);
    json.set('hasUrl', device.text(ModbusObject.VendorUrl) !== null);
    this.out.emitJson(json);
  }

  private showWrite(answer: Answer): void {
    const write = this.scada.accepted(answer);
    if (write === null) return;
    const json = JsonWriter.object()
      .set('table', <i32>write.table)
      .set('address', write.address)
      .set('count', write.count);
    json
      .set('first', <i32>write.value(100))
      .set('high', write.u32(100))
      .set('low', write.u32(100, true));
    json.set('client', write.client).set('coil', write.has(ModbusTable.Coil, 100));
    this.out.emitJson(json.set('outside', write.has(ModbusTable.Holding, 101, 2)));
  }

  onMethod(call: MethodCall): void {
    call.respond(200, JsonWriter.object().set('result', this.perform(call, call.name)));
  }

  private perform(call: MethodCall, name: string): i32 {
    const text = call.payload.get('text').text();
    const number = call.payload.get('number').f64();
    if (name == 'emitText') return this.out.emitText(text);
    if (name == 'emitBytes') return this.other.emitBytes(Uint8Array.wrap(String.UTF8.encode(text)));
    if (name == 'emitJson')
      return this.out.emitJson(
        JsonWriter.object().set('x', number),
        this.properties.clear().set('k', text).set('ü', ''),
      );
    if (name == 'log') {
      log.error(text);
      log.warning(text);
      log.info(text);
      log.debug(text);
    }
    if (name == 'every') return this.timer.every(<i32>number);
    if (name == 'everyLater') return this.timer.every(<i32>number, 7);
    if (name == 'once') return this.timer.once(<i32>number);
    if (name == 'clear') return this.timer.clear();
    if (name == 'report') return twin.report(JsonWriter.object().set('state', text).setNull('gone'));
    if (name == 'later') this.later = call.request;
    if (name == 'refuse') refuse();
    if (name == 'setText') return kv.setText('key-ä', text);
    if (name == 'setNumber') return kv.setNumber('key-ä', number);
    if (name == 'setBytes') return kv.setBytes('key-ä', Uint8Array.wrap(String.UTF8.encode(text)));
    if (name == 'remove') return kv.remove('key-ä');
    if (name == 'getText') {
      const value = kv.getText('key-ä');
      if (value === null) return -5;
      log.info(value);
      return value.length;
    }
    if (name == 'getBytes') {
      const value = kv.getBytes('key-ä');
      return value === null ? -5 : value.byteLength;
    }
    if (name == 'getNumber') return <i32>kv.getNumber('key-ä', -1);
    if (name == 'readHolding') return this.pump.readHolding(258, 10);
    if (name == 'readInput') return this.pump.readInput(1, 2);
    if (name == 'readCoils') return this.pump.readCoils(3, 4);
    if (name == 'readDiscrete') return this.pump.readDiscrete(5, 6);
    if (name == 'writeCoil') return this.pump.writeCoil(1, true, 500);
    if (name == 'writeRegister') return this.pump.writeRegister(2, 0xabcd);
    if (name == 'writeCoils') return this.pump.writeCoils(3, [true, false, true], 9);
    if (name == 'writeRegisters') return this.pump.writeRegisters(4, [1, 0x203], 70000);
    if (name == 'maskRegister') return this.pump.maskRegister(4, 0xf2, 0x25, 500);
    if (name == 'readWriteRegisters') return this.pump.readWriteRegisters(3, 6, 14, [255, 0xfffe], 70000);
    if (name == 'identify') return this.pump.identify();
    if (name == 'identifyAll') return this.pump.identify(ModbusLevel.Extended);
    if (name == 'subscribe') return this.pump.subscribe('schnell-ö');
    if (name == 'publishJson') return this.plant.publish('a/ö', JsonWriter.object().set('on', true));
    if (name == 'publishText') return this.plant.publishText('t', 'ä', 0, true);
    if (name == 'publishBytes') return this.plant.publishBytes('b', [1, 255]);
    if (name == 'setBit') return this.scada.setBit(ModbusTable.Discrete, 3, true);
    if (name == 'setBits') return this.scada.setBits(ModbusTable.Coil, 258, [true, false, true]);
    if (name == 'setRegister') return this.scada.setRegister(ModbusTable.Holding, 65535, 0xabcd);
    if (name == 'setRegisters') return this.scada.setRegisters(ModbusTable.Input, 0, [1, 0x203]);
    if (name == 'setU32') return this.scada.setU32(ModbusTable.Input, 7, 0x12345678);
    if (name == 'setU32LowFirst') return this.scada.setU32(ModbusTable.Input, 7, 0x12345678, true);
    if (name == 'setFloat') return this.scada.setFloat(ModbusTable.Holding, 1, 21.5);
    if (name == 'accept') {
      this.asked = true;
      return this.scada.accept();
    }
    if (name == 'httpGet') return this.plain.get('/x?y=1');
    if (name == 'httpPost') return this.secure.post('/h', JsonWriter.object().set('on', true));
    if (name == 'httpText') return this.plain.postText('/t', 'ä', 'text/plain');
    if (name == 'httpPut') return this.secure.send(HttpMethod.Put, '/p', JsonWriter.object());
    if (name == 'httpDelete') return this.plain.remove('/d');
    if (name == 'bleRead') return this.temperature.read(10000);
    if (name == 'bleWrite') return this.temperature.write([1, 2, 255], 500);
    if (name == 'bleCommand') return this.command.writeWithoutResponse([]);
    if (name == 'bleSubscribe') return this.temperature.subscribe();
    if (name == 'bleUnsubscribe') return this.temperature.unsubscribe();
    if (name == 'bleWatch') return this.sensor.watch();
    if (name == 'bleUnwatch') return this.sensor.unwatch();
    if (name == 'bleListen') return this.air.subscribe();
    if (name == 'bleUnlisten') return this.air.unsubscribe();
    if (name == 'blePlace') return this.sensor.characteristic(text).read();
    if (name == 'listen') return this.line.subscribe();
    if (name == 'send') return this.line.write([1, 255], 500);
    if (name == 'sendText') return this.line.writeText('ä\r\n');
    if (name == 'exchange') return this.line.exchange([2], 70000);
    if (name == 'exchangeText') return this.line.exchangeText('W');
    return 0;
  }
}

run(new Capabilities());
