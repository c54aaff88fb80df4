/** Version 00 of the header, none of its ids all zeros. https://www.w3.org/TR/trace-context/#traceparent-header */
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** A `traceparent` header's value; null for none, or for one that is not well-formed and so is dropped, as the standard asks. */
export function traceparentOf(header: string | undefined): string | null {
  const value = header?.trim() ?? '';
  return TRACEPARENT.test(value) ? value : null;
}

/** What of a request's trace context travels with its events. */
export interface TraceContext {
  /** The `traceparent`. */
  readonly trace?: string;
  readonly tracestate?: string;
}

/** A request's trace context, its headers' names in lower case. Without a usable `traceparent` there is none. */
export function traceContextOf(headers: Readonly<Record<string, string | undefined>>): TraceContext {
  const trace = traceparentOf(headers.traceparent);
  if (trace === null) return {};
  const tracestate = tracestateOf(headers.tracestate);
  return tracestate === null ? { trace } : { trace, tracestate };
}

/** https://www.w3.org/TR/trace-context/#tracestate-header-field-values, section 3.3.1 */
const MEMBER =
  /^(?:[a-z][a-z0-9_*/-]{0,255}|[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13})=[ -+\--<>-~]{0,255}[!-+\--<>-~]$/;
const MAX_MEMBERS = 32;
/** Characters that vendors should hand on at the least; members beyond are left out from the right (section 3.3.1.5). */
const MAX_TRACESTATE = 512;

/** A `tracestate` header's value; null for none, or for one that is not well-formed and so is dropped, as the standard asks. */
export function tracestateOf(header: string | undefined): string | null {
  const members = (header ?? '')
    .split(',')
    .map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ''))
    .filter((member) => member !== '');
  const keys = new Set(members.map((member) => member.slice(0, member.indexOf('='))));
  if (members.length > MAX_MEMBERS || keys.size < members.length || !members.every((one) => MEMBER.test(one)))
    return null;
  let kept = '';
  for (const member of members) {
    const longer = kept === '' ? member : `${kept},${member}`;
    if (longer.length > MAX_TRACESTATE) break;
    kept = longer;
  }
  return kept === '' ? null : kept;
}

/** The id of the trace, for log lines; undefined outside of any. */
export function traceIdOf(trace: string | null | undefined): string | undefined {
  return TRACEPARENT.exec(trace ?? '')?.[1];
}
