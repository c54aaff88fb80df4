import { createHash } from 'node:crypto';

const DATA_BYTES = 1024;
const TOWNS = ['Lyon', 'Graz', 'Turku', 'Porto', 'Ghent', 'Bergen', 'Split', 'Malmö'];

/**
 * A shop's order of 1 KB, the `i`th: what events are mostly like, ids and amounts that differ, words that come again.
 * The same each time, so that two measurements are of the same bytes.
 */
export function sampleEvent(i: number): { readonly type: string; readonly data: object } {
  const word = (part: string): string => createHash('sha256').update(`${i} ${part}`).digest('hex');
  const pick = (part: string, below: number): number => Number.parseInt(word(part).slice(0, 8), 16) % below;
  const lines = Array.from({ length: 4 }, (_, n) => ({
    sku: `SKU-${word(`sku ${n}`).slice(0, 8).toUpperCase()}`,
    quantity: 1 + pick(`quantity ${n}`, 5),
    unitPrice: pick(`price ${n}`, 20_000) / 100,
    taxRate: 0.2,
  }));
  const data = {
    orderId: `ord_${word('order').slice(0, 24)}`,
    customerId: `cus_${word('customer').slice(0, 24)}`,
    status: 'approved',
    currency: 'EUR',
    total: pick('total', 100_000) / 100,
    lines,
    shippingAddress: {
      name: `${word('first').slice(0, 6)} ${word('last').slice(0, 9)}`,
      street: `${1 + pick('house', 200)} Rue ${word('street').slice(0, 10)}`,
      city: TOWNS[pick('town', TOWNS.length)],
      postalCode: String(10_000 + pick('code', 89_999)),
    },
    paymentReference: word('payment').slice(0, 32),
    note: '',
  };
  const missing = DATA_BYTES - Buffer.byteLength(JSON.stringify(data));
  return { type: 'order.approved', data: { ...data, note: filler(word, missing) } };
}

/** Text to fill up with: hexadecimal words, which compress to a little over half. */
function filler(word: (part: string) => string, length: number): string {
  let text = '';
  for (let n = 0; text.length < length; n++) text += `${word(`note ${n}`).slice(0, 3 + (n % 7))} `;
  return text.slice(0, Math.max(0, length));
}
