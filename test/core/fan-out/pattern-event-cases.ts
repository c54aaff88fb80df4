/**
 * What a pattern must say of an event, from the pages "Comparison operators" and "Arrays in event patterns" of the
 * EventBridge user guide and the README of AWS's Event Ruler. Each case was put to Event Ruler 1.7.3, the engine
 * behind EventBridge; where it answers otherwise, `ruler` holds its answer and `docs/filters.md` the reason.
 */
export interface Case {
  readonly about: string;
  /** JSON text, so that numbers keep their digits. */
  readonly pattern: string;
  readonly matching: readonly string[];
  readonly others: readonly string[];
  /** Events, of either list, that Event Ruler decides the other way; or that it refuses the pattern. */
  readonly ruler?: readonly string[] | 'refuses';
}

/** Whole patterns, and whole events without their type. */
export const EVENT_CASES: readonly Case[] = [
  {
    about: 'all fields must match',
    pattern: '{"type":["order.created"],"data":{"city":["New York"],"day":["Monday"]}}',
    matching: ['{"data":{"city":"New York","day":"Monday","more":1}}'],
    others: [
      '{"data":{"city":"New York"}}',
      '{"data":{"city":"New York","day":"Sunday"}}',
      '{"data":"New York"}',
    ],
  },
  {
    about: 'one element of an array must meet all its fields',
    pattern: '{"data":{"employees":{"firstName":["Anna"],"lastName":["Jones"]}}}',
    matching: [
      '{"data":{"employees":[[{"firstName":"Anna","lastName":"Jones"}]]}}',
      '{"data":{"employees":{"firstName":["Bob","Anna"],"lastName":"Jones"}}}',
    ],
    others: [
      '{"data":{"employees":[{"firstName":"Anna","lastName":"Smith"},{"firstName":"Peter","lastName":"Jones"}]}}',
    ],
  },
  {
    about: 'one of several fields',
    pattern: '{"data":{"$or":[{"city":["New York"]},{"day":["Monday"]}]}}',
    matching: ['{"data":{"city":"New York"}}', '{"data":{"day":"Monday","city":"Rome"}}'],
    others: ['{"data":{"city":"Rome","day":"Sunday"}}', '{"data":{}}'],
  },
  {
    about: 'alternatives inside alternatives, with fields beside them',
    pattern:
      '{"metadata":{"region":["eu"]},"$or":[{"subject":["s"]},{"data":{"a":[1],"$or":[{"b":[1]},{"c":[1]}]}}]}',
    matching: [
      '{"subject":"s","metadata":{"region":"eu"},"data":1}',
      '{"metadata":{"region":"eu"},"data":{"a":1,"c":1}}',
    ],
    others: ['{"subject":"s","metadata":{},"data":1}', '{"metadata":{"region":"eu"},"data":{"a":1}}'],
  },
  {
    about: 'data may be a value itself',
    pattern: '{"data":[{"prefix":"a"}]}',
    matching: ['{"data":"abc"}', '{"data":["x","abc"]}'],
    others: ['{"data":"x"}', '{"data":{"a":"abc"}}', '{"data":null}'],
  },
  {
    about: 'a subject that was not given is absent',
    pattern: '{"subject":[{"exists":false}]}',
    matching: ['{"data":1}'],
    others: ['{"subject":"s","data":1}', '{"subject":"","data":1}'],
  },
  {
    about: 'absent below something absent',
    pattern: '{"data":{"a":{"b":[{"exists":false}]}}}',
    matching: [
      '{"data":{}}',
      '{"data":{"a":1}}',
      '{"data":{"a":[]}}',
      '{"data":{"a":{"b":{}}}}',
      '{"data":[1]}',
    ],
    others: ['{"data":{"a":{"b":1}}}', '{"data":{"a":[{"c":1},{"b":1}]}}'],
  },
  {
    about: 'absent is about all elements of an array, whatever else is asked',
    pattern: '{"data":{"items":{"sku":["A"],"zone":[{"exists":false}]}}}',
    matching: ['{"data":{"items":[{"sku":"B"},{"sku":"A"}]}}'],
    others: [
      '{"data":{"items":[{"sku":"A"},{"sku":"B","zone":1}]}}',
      '{"data":{"items":[{"sku":"A","zone":1}]}}',
    ],
    ruler: ['{"data":{"items":[{"sku":"A"},{"sku":"B","zone":1}]}}'],
  },
  {
    about: 'what $or says of an array and what stands beside it may be met by two elements',
    pattern: '{"data":{"items":{"a":[1]},"$or":[{"items":{"b":[1]}},{"c":[1]}]}}',
    matching: ['{"data":{"items":[{"a":1,"b":1}]}}', '{"data":{"items":[{"a":1},{"b":1}]}}'],
    others: ['{"data":{"items":[{"a":1},{"b":2}]}}'],
    ruler: ['{"data":{"items":[{"a":1},{"b":1}]}}'],
  },
  {
    about: 'names that JavaScript knows are names',
    pattern: '{"data":{"__proto__":{"a":[1]},"constructor":["x"],"toString":[{"exists":false}]}}',
    matching: ['{"data":{"__proto__":{"a":1},"constructor":"x"}}'],
    others: [
      '{"data":{"a":1}}',
      '{"data":{"__proto__":{"a":1}}}',
      '{"data":{"__proto__":{"a":1},"constructor":"x","toString":1}}',
    ],
  },
  {
    about: 'a repeated name counts as its last value, as everywhere in JSON',
    pattern: '{"data":{"a":[2]}}',
    matching: ['{"data":{"a":1,"a":2}}'],
    others: ['{"data":{"a":2,"a":1}}'],
    ruler: ['{"data":{"a":2,"a":1}}'],
  },
  {
    about: 'a name with a dot is one name',
    pattern: '{"data":{"state.status":["on"]}}',
    matching: ['{"data":{"state.status":"on"}}'],
    others: ['{"data":{"state":{"status":"on"}}}'],
    ruler: ['{"data":{"state":{"status":"on"}}}'],
  },
];
