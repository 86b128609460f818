/** What a scrape is told that it gets. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** One value of a metric. */
export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric as it is served and as `docs/metrics.md` has it, with where its values come from. */
export interface Metric<Facts> {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  /** Names of labels besides those that every metric has. */
  readonly labels: readonly string[];
  readonly text: string;
  readonly samples: (facts: Facts) => Iterable<Sample>;
}

/** Metrics in Prometheus' text format, version 0.0.4. `common` are labels that each sample has. */
export function renderMetrics<Facts>(
  metrics: readonly Metric<Facts>[],
  facts: Facts,
  common: Readonly<Record<string, string>>,
): string {
  const shared = labelsText(common);
  const lines: string[] = [];
  for (const { name, type, text, samples } of metrics) {
    const head = lines.length;
    for (const { labels = {}, value } of samples(facts)) {
      const own = labelsText(labels);
      lines.push(`${name}{${own === '' || shared === '' ? own + shared : `${own},${shared}`}} ${value}`);
    }
    if (lines.length > head) lines.splice(head, 0, `# HELP ${name} ${helpText(text)}`, `# TYPE ${name} ${type}`);
  }
  return `${lines.join('\n')}\n`;
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${labelValue(value)}"`)
    .join(',');
}

/** Only these three characters need an escape in the value of a label; everything else may be in it. */
function labelValue(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

const helpText = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
