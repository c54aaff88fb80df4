import type { Case } from './pattern-event-cases.ts';

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
