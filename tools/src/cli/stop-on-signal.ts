/** Aborts at the first Ctrl-C or SIGTERM, so that the command ends in order; a second one ends the process. */
export function stopOnSignal(stopped: () => void = () => undefined): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      controller.abort();
      stopped();
    });
  }
  return controller.signal;
}
