import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type DestinationPolicy, judgeUrl } from '../../../core/dispatch/destination-url.ts';
import { isPublicAddress } from '../../../core/dispatch/public-address.ts';

const STRICT: DestinationPolicy = { allowLoopback: false, internalEndpoints: [] };
const LOCAL = { allowLoopback: true, internalEndpoints: ['127.0.0.1:9001', '169.254.100.1:9001'] };
const refused = (url: string, policy = STRICT): void =>
  assert.equal(judgeUrl(url, policy).kind, 'refused', url);

test('C057: internal addresses and names are refused with one answer', () => {
  const hosts = [
    '169.254.169.254',
    '127.0.0.1',
    '10.0.0.5',
    '172.31.255.1',
    '192.168.1.1',
    '100.64.0.1',
    '0.0.0.0',
    '[::1]',
    '[::]',
    '[fe80::1]',
    '[fc00::1]',
    '[fd00:ec2::254]',
    'localhost',
    'a.localhost',
  ];
  const faults = new Set(
    hosts.map((host) => {
      const verdict = judgeUrl(`https://${host}/`, STRICT);
      return verdict.kind === 'refused' ? verdict.fault : host;
    }),
  );
  assert.equal(faults.size, 1);
});

test('C058: IPv4 in odd spellings is refused', () => {
  for (const host of [
    '2130706433',
    '0x7f.1',
    '017700000001',
    '127.1',
    '0',
    '0xa9.0xfe.0xa9.0xfe',
    '0251.0376.0251.0376',
  ])
    refused(`https://${host}/`);
});

test('C059: an IPv4 address inside an IPv6 one is judged as itself', () => {
  for (const host of [
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::ffff:a9fe:a9fe]',
    '[0:0:0:0:0:ffff:0a00:0001]',
    '[64:ff9b::a9fe:a9fe]',
    '[2002:7f00:1::]',
    '[::7f00:1]',
    '[2001:0:7f00:1::]',
    '[2606:4700::5efe:7f00:1]',
    '[64:ff9b:1::1]',
  ])
    refused(`https://${host}/`);
  fc.assert(
    fc.property(fc.ipV4(), (v4) => {
      const [a = 0, b = 0, c = 0, d = 0] = v4.split('.').map(Number);
      const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
      for (const v6 of [`::ffff:${hex}`, `64:ff9b::${hex}`]) {
        if (isPublicAddress(v6)) assert.ok(isPublicAddress(v4), `${v6} is let through, ${v4} is not`);
      }
      assert.equal(isPublicAddress(`::${hex}`), false);
    }),
  );
});

test('C060: a trailing dot hides nothing', () => {
  for (const url of [
    'https://localhost./',
    'https://LOCALHOST../',
    'https://169.254.169.254./',
    'https://x.internal./',
  ])
    refused(url);
});

test('C065: scheme, credentials, fragment and port are judged, and the host is put in lower case', () => {
  for (const url of [
    'http://h.example/',
    'ftp://h.example/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://user:pw@h.example/',
    'https://h.example:22/',
    'https://h.example:25/',
    'https://h.example:0/',
    'https://h.example:99999/',
    'https://h.example/#f',
    'h.example',
    '',
    `https://h.example/${'a'.repeat(2048)}`,
  ])
    refused(url);
  const good = judgeUrl('HTTPS://H.example/hook', STRICT);
  assert.equal(good.kind === 'allowed' && good.url.href, 'https://h.example/hook');
  for (const url of [
    'https://h.example:8443/x?y=1',
    'https://h.example:443/',
    'https://93.184.216.34/',
    'https://[2606:4700::1111]/',
  ]) {
    assert.equal(judgeUrl(url, STRICT).kind, 'allowed', url);
  }
});

test('the local runner lets loopback in, but not its own services', () => {
  assert.equal(judgeUrl('http://127.0.0.1:4000/hook', LOCAL).kind, 'allowed');
  for (const url of [
    'http://127.0.0.1:9001/',
    'http://localhost:9001/',
    'http://[::1]:9001/',
    'http://10.0.0.1/',
    'http://h.example/',
    'https://169.254.169.254/',
  ])
    refused(url, LOCAL);
});
