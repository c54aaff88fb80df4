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

/** Patterns on `data.x`, and values of that member; `-` stands for an event without it. */
export const VALUE_CASES: readonly Case[] = [
  {
    about: 'equals one of',
    pattern: '["a", "b"]',
    matching: ['"a"', '"b"'],
    others: ['"c"', '"A"', '""', 'null', '-'],
  },
  {
    about: 'a number is not its text',
    pattern: '[5]',
    matching: ['5', '5.0', '0.5e1'],
    others: ['"5"', '6', 'true'],
  },
  { about: 'true is not "true"', pattern: '[true]', matching: ['true'], others: ['"true"', 'false', '1'] },
  { about: 'false', pattern: '[false]', matching: ['false'], others: ['"false"', 'null', '0', '""', '-'] },
  {
    about: 'null is not absent',
    pattern: '[null]',
    matching: ['null'],
    others: ['"null"', '-', '""', '0', '{}'],
  },
  { about: 'the empty text', pattern: '[""]', matching: ['""'], others: ['" "', 'null', '-'] },
  {
    about: 'kinds mixed in one list',
    pattern: '["a", 1, null]',
    matching: ['"a"', '1', 'null'],
    others: ['"1"', '-'],
  },

  {
    about: 'prefix',
    pattern: '[{ "prefix": "us-" }]',
    matching: ['"us-east-1"', '"us-"'],
    others: ['"us"', '"eu-us-"', '"US-"', '5', 'null', '-'],
  },
  {
    about: 'an empty prefix is any text',
    pattern: '[{ "prefix": "" }]',
    matching: ['""', '"x"'],
    others: ['1', 'null', '-'],
  },
  {
    about: 'prefix, ignoring case',
    pattern: '[{ "prefix": { "equals-ignore-case": "EventB" } }]',
    matching: ['"eventbridge"', '"EVENTB"'],
    others: ['"event"', '"xeventb"'],
  },
  {
    about: 'suffix',
    pattern: '[{ "suffix": ".png" }]',
    matching: ['"a.png"', '".png"'],
    others: ['"png"', '"a.png "', '"a.PNG"', '3'],
  },
  {
    about: 'suffix, ignoring case',
    pattern: '[{ "suffix": { "equals-ignore-case": "tBridge" } }]',
    matching: ['"EventBridge"', '"EVENTBRIDGE"'],
    others: ['"ridge"', '"tbridges"'],
  },
  {
    about: 'equals, ignoring case',
    pattern: '[{ "equals-ignore-case": "alice" }]',
    matching: ['"Alice"', '"ALICE"', '"alice"'],
    others: ['"Alices"', '"Alic"', 'null'],
  },
  {
    about: 'case beyond ASCII',
    pattern: '[{ "equals-ignore-case": "ÉCOLE" }]',
    matching: ['"école"', '"École"'],
    others: ['"ecole"'],
  },
  {
    about: 'a condition is no regular expression',
    pattern: '[{ "equals-ignore-case": "a.c" }, { "wildcard": "x.*" }]',
    matching: ['"A.C"', '"x.yz"'],
    others: ['"abc"', '"xyz"'],
  },

  {
    about: 'wildcard',
    pattern: '[{ "wildcard": "dir/*.png" }]',
    matching: ['"dir/a.png"', '"dir/.png"', '"dir/b/c.png"'],
    others: ['"dir.png"', '"xdir/a.png"', '"dir/a.png2"', '7'],
  },
  {
    about: 'several wildcards',
    pattern: '[{ "wildcard": "*/lib/*" }]',
    matching: ['"/lib/"', '"a/lib/b"', '"/lib/lib/"'],
    others: ['"/li/b/"', '"lib"'],
  },
  {
    about: 'parts that overlap count once',
    pattern: '[{ "wildcard": "aba*ba" }, { "wildcard": "c*c*c" }]',
    matching: ['"ababa"', '"aba-ba"', '"ccc"'],
    others: ['"aba"', '"abaa"', '"cc"', '"c"'],
  },
  {
    about: 'the first place is not always the one',
    pattern: '[{ "wildcard": "*ab*abc" }]',
    matching: ['"ababc"', '"ab-ab-abc"'],
    others: ['"abc"', '"ababcx"'],
  },
  {
    about: 'a wildcard alone is any text',
    pattern: '[{ "wildcard": "*" }]',
    matching: ['""', '"x"'],
    others: ['1', 'null', '-'],
  },
  {
    about: 'escapes in a wildcard',
    pattern: '[{ "wildcard": "5\\\\*\\\\\\\\*" }]',
    matching: ['"5*\\\\"', '"5*\\\\x"'],
    others: ['"5x\\\\"', '"5*"'],
  },
  {
    about: 'a wildcard without any is equality',
    pattern: '[{ "wildcard": "ab" }]',
    matching: ['"ab"'],
    others: ['"abc"', '"xab"'],
  },

  {
    about: 'anything but a text',
    pattern: '[{ "anything-but": "initializing" }]',
    matching: ['"running"', '""', '5', 'true', 'null', '["initializing", "running"]'],
    others: ['"initializing"', '["initializing"]', '[]', '-', '{"a":1}'],
  },
  {
    about: 'anything but some texts',
    pattern: '[{ "anything-but": ["stopped", "overloaded"] }]',
    matching: ['"running"'],
    others: ['"stopped"', '"overloaded"'],
  },
  {
    about: 'anything but some numbers',
    pattern: '[{ "anything-but": [100, 200] }]',
    matching: ['300', '"100"', 'null'],
    others: ['100', '100.0', '2e2'],
  },
  {
    about: 'anything but a prefix',
    pattern: '[{ "anything-but": { "prefix": "init" } }]',
    matching: ['"running"', '"Init"', '5', 'null'],
    others: ['"init"', '"initializing"', '-'],
  },
  {
    about: 'anything but some suffixes',
    pattern: '[{ "anything-but": { "suffix": [".png", ".jpg"] } }]',
    matching: ['"a.txt"', 'false'],
    others: ['"a.png"', '"b.jpg"'],
  },
  {
    about: 'anything but a text, ignoring case',
    pattern: '[{ "anything-but": { "equals-ignore-case": ["Stopped", "Failed"] } }]',
    matching: ['"running"', '1'],
    others: ['"STOPPED"', '"failed"'],
  },
  {
    about: 'anything but a wildcard',
    pattern: '[{ "anything-but": { "wildcard": "*/lib/*" } }]',
    matching: ['"a/b"', '1'],
    others: ['"a/lib/b"'],
  },

  {
    about: 'numeric, equal',
    pattern: '[{ "numeric": ["=", 3.018e2] }]',
    matching: ['301.8', '301.80', '3018e-1'],
    others: ['301.81', '"301.8"'],
  },
  {
    about: 'numeric, a range',
    pattern: '[{ "numeric": [">", 0, "<=", 5] }]',
    matching: ['0.000001', '5', '5.0'],
    others: ['0', '-1', '5.000001', '"3"', 'null', 'true', '-'],
  },
  {
    about: 'numeric, one bound',
    pattern: '[{ "numeric": ["<", 10] }, { "numeric": [">=", 100] }]',
    matching: ['-5', '9.5', '100'],
    others: ['10', '50', '99.9'],
  },
  {
    about: 'numeric, below zero',
    pattern: '[{ "numeric": [">=", -2, "<", -1] }]',
    matching: ['-2', '-1.5'],
    others: ['-1', '-2.1', '0', '-0'],
  },

  {
    about: 'present',
    pattern: '[{ "exists": true }]',
    matching: ['1', 'null', '""', '["a"]'],
    others: ['-', '[]', '{"a":1}', '[{"a":1}]'],
  },
  {
    about: 'absent',
    pattern: '[{ "exists": false }]',
    matching: ['-', '[]', '{"a":1}'],
    others: ['1', 'null', '""', '["a"]'],
  },
  {
    about: 'absent or something',
    pattern: '[{ "exists": false }, "a"]',
    matching: ['-', '"a"'],
    others: ['"b"', 'null'],
  },

  {
    about: 'an IPv4 network',
    pattern: '[{ "cidr": "10.0.0.0/24" }]',
    matching: ['"10.0.0.0"', '"10.0.0.255"'],
    others: ['"10.0.1.0"', '"10.0.0"', '"x"', '10', '"::1"'],
  },
  {
    about: 'an IPv6 network',
    pattern: '[{ "cidr": "2001:db8::/32" }]',
    matching: ['"2001:db8::1"', '"2001:DB8:0:0::9"'],
    others: ['"2001:db9::1"', '"10.0.0.1"'],
  },
  {
    about: 'one address',
    pattern: '[{ "cidr": "10.0.0.7/32" }]',
    matching: ['"10.0.0.7"'],
    others: ['"10.0.0.8"'],
    ruler: 'refuses',
  },

  {
    about: 'an array holds one of the values',
    pattern: '["a", "b"]',
    matching: ['["c", "b"]', '[["x"], ["a"]]'],
    others: ['["c"]', '[]', '[{"x":"a"}]'],
  },
  {
    about: 'exact beyond 2^53',
    pattern: '[9007199254740993]',
    matching: ['9007199254740993', '9007199254740993.0'],
    others: ['9007199254740992', '9007199254740994'],
    ruler: ['9007199254740993.0'],
  },
  {
    about: 'exact in decimals',
    pattern: '[{ "numeric": ["<", 0.3] }]',
    matching: ['0.2', '0.29999999999999999999'],
    others: ['0.3', '0.30000000000000000001'],
    ruler: ['0.29999999999999999999'],
  },
  {
    about: 'beyond the range of doubles',
    pattern: '[{ "numeric": [">", 1e400] }]',
    matching: ['1e401', '11e399'],
    others: ['1e400', '1e399', '5'],
    ruler: 'refuses',
  },
  {
    about: 'exact bounds',
    pattern: '[{ "numeric": [">", 9007199254740992, "<", 9007199254740994] }]',
    matching: ['9007199254740993'],
    others: ['9007199254740992', '9007199254740994'],
    ruler: 'refuses',
  },
];

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
