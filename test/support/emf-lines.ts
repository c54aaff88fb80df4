/** One metric as CloudWatch would read it out of a line in the embedded metric format. */
export interface EmittedMetric {
  readonly name: string;
  readonly namespace: string;
  readonly unit: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly values: readonly number[];
}

/** The lines that `work` writes to standard output and error, which the test runner's own output must not get between. */
export async function printedBy(work: () => void | Promise<void>): Promise<readonly string[]> {
  const lines: string[] = [];
  const streams = [process.stdout, process.stderr].map((stream) => ({ stream, write: stream.write }));
  for (const { stream } of streams) {
    stream.write = (text: string | Uint8Array): boolean => {
      const written = String(text).split('\n');
      lines.push(...written.filter((line) => line !== ''));
      return true;
    };
  }
  try {
    await work();
  } finally {
    for (const { stream, write } of streams) stream.write = write;
  }
  return lines;
}

/** The metrics in these lines. Throws for a line that is not in the format or passes one of its limits. */
export function readEmf(lines: readonly string[]): readonly EmittedMetric[] {
  return lines.flatMap((line) => {
    if (Buffer.byteLength(line) > 1024 * 1024) throw new Error('a line may have 1 MiB');
    const body: Record<string, unknown> & { _aws: { CloudWatchMetrics: readonly Directive[] } } =
      JSON.parse(line);
    return body._aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) => {
      if (Metrics.length > 100) throw new Error('a directive may have 100 metrics');
      if (Dimensions.length === 0) throw new Error('without a dimension set there is no metric');
      return Dimensions.flatMap((names) =>
        Metrics.map(({ Name, Unit }) => {
          const values = [body[Name]].flat().map(Number);
          if (values.length > 100 || values.some((value) => !Number.isFinite(value))) {
            throw new Error(`${Name} has ${values.length} values, or one that is no number`);
          }
          const dimensions = Object.fromEntries(names.map((name) => [name, String(body[name])]));
          return { name: Name, namespace: Namespace, unit: Unit, dimensions, values };
        }),
      );
    });
  });
}

interface Directive {
  readonly Namespace: string;
  readonly Dimensions: readonly (readonly string[])[];
  readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
}
