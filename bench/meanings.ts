/** How a figure is read. */
export interface Meaning {
  readonly names: RegExp;
  readonly unit: string;
  readonly says: string;
}

/** What each figure means to whoever runs Fanfare; the first that fits counts. */
export const MEANINGS: readonly Meaning[] = [
  {
    names: /^dispatch\.ratio$/,
    unit: '',
    says: 'pace of dispatch with nothing to log, a bare loop of the same client being 1',
  },
  {
    names: /^dispatch\.packed$/,
    unit: '',
    says: 'the same with the packed delivery log, through the AWS SDK',
  },
  { names: /^dispatch\.full$/, unit: '', says: 'the same with the full delivery log, a row per delivery' },
  { names: /^dispatch\.origins100\.\w*[Mm]icros$/, unit: 'µs', says: 'a delivery, spread over 100 origins' },
  { names: /^dispatch\.origins100\./, unit: '', says: 'the ratio with 100 origins and 256 sockets' },
  {
    names: /^dispatch\.tlsConnectMicros$/,
    unit: 'µs',
    says: 'a delivery on a new TLS connection, session resumed',
  },
  {
    names: /^dispatch\.tlsConnectFullMicros$/,
    unit: 'µs',
    says: 'the same to servers that resume no session',
  },
  {
    names: /^dispatch\.tlsConnectBareMicros$/,
    unit: 'µs',
    says: 'the same for a program that keeps no TLS context',
  },
  { names: /^dispatch\.tlsResumedShare$/, unit: '', says: 'share of new connections that resumed a session' },
  { names: /^dispatch\.warmUp\./, unit: 'µs', says: 'a delivery in a new process, up to so many' },
  { names: /^dispatch\.memory\.\w*Mb$/, unit: 'MB', says: 'of one dispatch environment at the end of that' },
  { names: /^dispatch\.memory\.grown/, unit: 'B', says: 'of heap that each further delivery left behind' },
  {
    names: /^(dispatch|ingest)\.spread$/,
    unit: '',
    says: 'middle half of the rounds, as a share of the ratio',
  },
  { names: /^dispatch\.bareMicros$/, unit: 'µs', says: 'a request of the bare loop' },
  { names: /^dispatch\.\w*[mM]icros$/, unit: 'µs', says: 'processor time of a delivery' },
  {
    names: /^ingest\.ratio$/,
    unit: '',
    says: 'pace of ingest, a handler that only parses and sends being 1',
  },
  { names: /^ingest\.bareMicros$/, unit: 'µs', says: 'a request to the bare handler' },
  { names: /^ingest\.micros$/, unit: 'µs', says: 'processor time of a POST /v1/events' },
  { names: /^fanout\.\d+\.events/, unit: '/s', says: 'events matched and packed per processor second' },
  { names: /^fanout\.\d+\.deliveries/, unit: '/s', says: 'deliveries of these events' },
  { names: /^fanout\.tenOf/, unit: 'µs', says: 'an event that ten of so many subscriptions want' },
  { names: /^fanout\.growth$/, unit: '×', says: 'that event with 10,000 subscriptions over it with ten' },
  {
    names: /^fanout\.largest\.\w*PeakRss/,
    unit: 'MB',
    says: 'most memory of fan-out for 10,000 subscriptions as large as may be; it has 512',
  },
  { names: /^fanout\.largest\.\w*Runs/, unit: '', says: 'runs of fan-out that this took' },
  {
    names: /^fanout\.largest\.oneCpu/,
    unit: 's',
    says: 'processor time of one event for them',
  },
  { names: /^fanout\.largest\.tenCpu/, unit: 's', says: 'of ten, 256 KB each, dear for every filter' },
  { names: /^isolation\.lost$/, unit: '', says: 'deliveries to healthy endpoints that never came' },
  {
    names: /^isolation\.p(50|99)Ratio$/,
    unit: '×',
    says: 'lag of 100 healthy endpoints beside 11 that hang, over without; from the first event',
  },
  { names: /^isolation\.onset\.\w*Ratio$/, unit: '×', says: 'the same in the first 20 s' },
  { names: /^isolation\.after\.\w*Ratio$/, unit: '×', says: 'the same after them' },
  { names: /^isolation\./, unit: 'ms', says: 'first attempt after acceptance, at healthy endpoints' },
  {
    names: /^pages\..*\.kb$/,
    unit: 'kB',
    says: 'largest answer of a list or item, 4,096 at most; through the whole local runner',
  },
  { names: /^pages\..*\.ms$/, unit: 'ms', says: 'until it was there, 5,000 at most' },
  { names: /^coldStart\..*\.kb$/, unit: 'kB', says: 'size of the bundle' },
  { names: /^coldStart\.empty\./, unit: 'ms', says: 'processor time to load an empty function' },
  { names: /^coldStart\..*\.initMs$/, unit: 'ms', says: 'processor time to load the bundle' },
  { names: /^pipeline\.\w*PerSecond$/, unit: '/s', says: 'through the whole local runner, on this machine' },
  { names: /^pipeline\.lost$/, unit: '', says: 'deliveries that never came' },
  { names: /^footprint\.startCpu/, unit: 's', says: 'processor time until the local runner is ready' },
  {
    names: /^footprint\.freshCpu/,
    unit: 's',
    says: 'the same until the first 1,000 deliveries came, fan-out 1, 50 a second',
  },
  { names: /^footprint\.warmCpu/, unit: 's', says: 'the same for the next 1,000' },
  { names: /^footprint\.idleShare$/, unit: '', says: 'of one core, with nothing to do' },
  { names: /^footprint\.processes$/, unit: '', says: 'processes of the runner, at most' },
  { names: /^footprint\.rssMb$/, unit: 'MB', says: 'resident memory of them all, at most' },
  { names: /^footprint\./, unit: 'ms', says: 'from acceptance to the receiver' },
  { names: /^pipeline\./, unit: 'ms', says: 'from acceptance to the receiver' },
  { names: /^cost\.fixedPerMonth$/, unit: '$', says: 'per month, whatever comes' },
  {
    names: /^cost\..*egress$/,
    unit: '$',
    says: 'per million events, for data out to the internet: the same for everyone',
  },
  {
    names: /^cost\.fanout100\.full$/,
    unit: '$',
    says: 'per million deliveries with the full log, without egress',
  },
  {
    names: /^cost\..*perMillionDeliveries/,
    unit: '$',
    says: 'per million deliveries with the packed log, without egress',
  },
  {
    names: /^cost\.fanout1\.(total|array100)$/,
    unit: '$',
    says: 'per million events with the log of failures, without egress',
  },
  { names: /^cost\./, unit: '$', says: 'per million events, without egress' },
];
