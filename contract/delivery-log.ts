/**
 * What the delivery log keeps; `docs/delivery-log.md` says what each answers and costs.
 * `full`: a row per attempt. `packed`: one compact item per message for first attempts that went well, a row for
 * everything else. `failures`: nothing of deliveries that succeed at the first attempt.
 */
export const DELIVERY_LOG_MODES = ['full', 'packed', 'failures'] as const;
export type DeliveryLogMode = (typeof DELIVERY_LOG_MODES)[number];

/** `packed`: the tenant's newest events, within `since` and `until`, that a subscription's list looks through. */
export const PACKED_LIST_EVENTS = 1_000;
