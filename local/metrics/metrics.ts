import { resourcesOf, type Template } from '../template/assembly.ts';
import type { Resolve } from '../template/intrinsics.ts';
import { inAlarm, type LocalAlarm, readAlarms } from './alarms.ts';
import { readEmbeddedMetrics } from './emf.ts';
import { MetricPages } from './pages.ts';
import { Prometheus } from './prometheus.ts';
import { ratesLine } from './rates.ts';
import { MetricStore } from './store.ts';
import { Watch } from './watch.ts';

/** What stands in for CloudWatch's metrics and alarms. */
export class LocalMetrics {
  readonly store: MetricStore;
  readonly watch: Watch;
  readonly pages: MetricPages;
  readonly #prometheus: Prometheus;
  readonly #labels = new Map<string, string>();
  readonly #since = Date.now();
  #alarms: readonly LocalAlarm[] = [];

  constructor() {
    this.store = new MetricStore((key, values) => this.#prometheus.record(key, values));
    this.#prometheus = new Prometheus((resource) => this.#labels.get(resource) ?? resource);
    this.watch = new Watch(this.store);
    this.pages = new MetricPages(this.store, this.#prometheus);
  }

  /** The template's alarms. */
  get alarms(): readonly LocalAlarm[] {
    return this.#alarms;
  }

  /** Learns the alarms of a template, and what people call its functions and queues. */
  read(
    template: Template,
    resolve: Resolve,
    functions: Iterable<{ readonly name: string; readonly label: string }>,
  ): void {
    this.#alarms = readAlarms(template, resolve);
    for (const { name, label } of functions) this.#labels.set(name, label);
    for (const [id] of resourcesOf(template, 'AWS::SQS::Queue')) {
      const name = String(resolve({ 'Fn::GetAtt': [id, 'QueueName'] }));
      const path = String(template.Resources[id]?.Metadata?.['aws:cdk:path'] ?? id);
      this.#labels.set(name, path.replace(/^.*\/Queues\/|\/Resource$/g, '').replace(/\/Queue$/, ''));
    }
  }

  /** Takes the metrics out of a line that a function printed, if there are any. */
  line(line: string): void {
    for (const { key, values, at } of readEmbeddedMetrics(line)) this.store.record(key, values, at);
  }

  /** Names of the alarms that are in alarm now. */
  inAlarm(now = Date.now()): readonly string[] {
    return this.#alarms
      .filter((alarm) => inAlarm(alarm, this.store, now, this.#since))
      .map(({ name }) => name);
  }

  /** How the pipeline does at this moment, in one line. */
  rates(now = Date.now()): string {
    return ratesLine(this.store, now, this.inAlarm(now));
  }
}
