import { fiftyHistories } from './fifty.ts';

fiftyHistories(1_000);
