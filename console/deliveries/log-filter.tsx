import PropertyFilter from '@cloudscape-design/components/property-filter';
import { useCatalogue } from '../data/event-types.ts';
import {
  CODE_WORDS,
  type DeliveryFilter,
  filterOfTokens,
  SPANS,
  STATUS_WORDS,
  tokensOf,
} from './filter-query.ts';

interface Props {
  readonly filter: DeliveryFilter;
  /** Properties that the page itself fixes. */
  readonly fixed: readonly string[];
  onChange(filter: DeliveryFilter): void;
}

const PROPERTIES = [
  { key: 'status', propertyLabel: 'Status', groupValuesLabel: 'Statuses' },
  { key: 'code', propertyLabel: 'Last answer', groupValuesLabel: 'Kinds of answer' },
  { key: 'eventType', propertyLabel: 'Event type', groupValuesLabel: 'Event types' },
  { key: 'within', propertyLabel: 'Time', groupValuesLabel: 'Times' },
  { key: 'subscription', propertyLabel: 'Subscription', groupValuesLabel: 'Subscription ids' },
  { key: 'event', propertyLabel: 'Event', groupValuesLabel: 'Event ids' },
];

export function LogFilter({ filter, fixed, onChange }: Props) {
  const catalogue = useCatalogue();
  const values = (key: string, all: readonly string[]) => all.map((value) => ({ propertyKey: key, value }));
  return (
    <PropertyFilter
      query={tokensOf(filter)}
      onChange={({ detail }) => onChange(filterOfTokens(detail))}
      filteringProperties={PROPERTIES.filter(({ key }) => !fixed.includes(key)).map((property) => ({
        ...property,
        operators: ['='],
      }))}
      filteringOptions={[
        ...values('status', Object.values(STATUS_WORDS)),
        ...values('code', Object.values(CODE_WORDS)),
        ...values('within', Object.values(SPANS)),
        ...values(
          'eventType',
          (catalogue.data ?? []).map(({ type }) => type),
        ),
      ]}
      hideOperations
      disableFreeTextFiltering
      filteringPlaceholder="Filter by status, type, time …"
      filteringAriaLabel="Find deliveries"
    />
  );
}
