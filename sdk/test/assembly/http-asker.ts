// Asks servers as messages say, and tells what came of it: {"name", "server", "method", "path"} gives {"name", "status", "detail", "text"}.
import { Answer, HttpAnswer, HttpServer, JsonValue, JsonWriter, Message, Module, Output, run } from '@gatehouse/sdk';

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
    else this.tell(name, id, 0, '');
  }

  onAnswer(answer: Answer): void {
    const http = HttpAnswer.of(answer);
    this.tell(this.names.get(answer.request), answer.status, answer.detail, http.text);
    this.names.delete(answer.request);
  }

  private ask(body: JsonValue): i32 {
    const server = new HttpServer(body.get('server').text());
    const method = body.get('method').text();
    const path = body.get('path').text();
    if (method == 'GET') return server.get(path);
    return method == 'DELETE' ? server.remove(path) : server.postText(path, body.get('body').text());
  }

  private tell(name: string, status: i32, detail: i32, text: string): void {
    this.out.emitJson(
      this.json.clear().set('name', name).set('status', status).set('detail', detail).set('text', text),
    );
  }
}

run(new Asker());
