/**
 * Header of every request to a subscriber: the id of the delivery. By it the API knows requests of ours that come back
 * to it, and refuses them.
 */
export const DELIVERY_HEADER = 'fanfare-delivery';
