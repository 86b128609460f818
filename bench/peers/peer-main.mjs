// What each program of a peer does: the first message says what to prepare, each further one for how long to work; it is answered with the
// rates, as `Rates`.

/** @param prepare takes the first message; returns what works for some milliseconds and returns how often it did what is compared */
export function answerRuns(prepare) {
  let work;
  process.on('message', async (question) => {
    if (work === undefined) {
      work = await prepare(question);
      process.send({});
      return;
    }
    const [began, used] = [performance.now(), process.cpuUsage()];
    const count = await work(question.ms);
    const { user, system } = process.cpuUsage(used);
    process.send({
      perSecond: (count / (performance.now() - began)) * 1000,
      perProcessorSecond: (count / (user + system)) * 1e6,
    });
  });
}
