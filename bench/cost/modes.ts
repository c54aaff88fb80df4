import { DELIVERY_LOG_MODES } from '../../contract/delivery-log.ts';
import { ENV } from '../../contract/environment.ts';

/** A log mode, and the variables that set it. */
export interface LogMode {
  readonly name: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** Every mode there is. */
export const LOG_MODES: readonly LogMode[] = DELIVERY_LOG_MODES.map((name) => ({
  name,
  variables: { [ENV.deliveryLog]: name },
}));
