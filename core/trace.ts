/** Version 00 of the header, none of its ids all zeros. https://www.w3.org/TR/trace-context/#traceparent-header */
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** A `traceparent` header's value; null for none, or for one that is not well-formed and so is dropped, as the standard asks. */
export function traceparentOf(header: string | undefined): string | null {
  const value = header?.trim() ?? '';
  return TRACEPARENT.test(value) ? value : null;
}

/** The id of the trace, for log lines; undefined outside of any. */
export function traceIdOf(trace: string | null | undefined): string | undefined {
  return TRACEPARENT.exec(trace ?? '')?.[1];
}
