// Asks serial ports as messages say, and tells what came of it: {"name", "port", "kind", "text"} gives {"name", "status", "text"}.
import { Answer, JsonValue, JsonWriter, Message, Module, Output, run, SerialPort } from '@gatehouse/sdk';

export * from '@gatehouse/sdk/entry';

class Asker extends Module {
  private readonly out: Output = new Output('answers');
  private readonly json: JsonWriter = new JsonWriter();
  private readonly names: Map<i32, string> = new Map<i32, string>();

  onMessage(message: Message): void {
    const body = message.json();
    const name = body.get('name').text();
    const id = this.ask(body);
    if (id > 0) this.names.set(id, name);
    else this.tell(name, id, '');
  }

  onAnswer(answer: Answer): void {
    this.tell(this.names.get(answer.request), answer.status, SerialPort.text(answer));
  }

  private ask(body: JsonValue): i32 {
    const port = new SerialPort(body.get('port').text());
    const kind = body.get('kind').text();
    if (kind == 'subscribe') return port.subscribe();
    const text = body.get('text').text();
    const expiryMs = body.get('expiryMs').i32(5_000);
    return kind == 'write' ? port.writeText(text, expiryMs) : port.exchangeText(text, expiryMs);
  }

  private tell(name: string, status: i32, text: string): void {
    this.out.emitJson(this.json.clear().set('name', name).set('status', status).set('text', text));
  }
}

run(new Asker());
