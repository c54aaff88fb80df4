import { DELIVERY_LOG_MODES, type DeliveryLogMode } from '../../contract/delivery-log.ts';
import { ENV } from '../../contract/environment.ts';
import { required } from '../wiring.ts';

/** What the delivery log keeps. */
export function deliveryLogMode(): DeliveryLogMode {
  const value = required(ENV.deliveryLog);
  const mode = DELIVERY_LOG_MODES.find((known) => known === value);
  if (mode === undefined) throw new Error(`${value} is no mode of the delivery log`);
  return mode;
}
