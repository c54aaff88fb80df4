import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { judgeSample, type Sample } from './sample-match.ts';

/** Says while somebody types whether the sample would be sent. */
export function DraftMatch(sample: Sample) {
  return <div aria-live="polite">{CAN_JUDGE ? <Answer {...sample} /> : TOO_OLD}</div>;
}

/** What the filters' code is written in; browsers have it since spring 2025. */
const CAN_JUDGE = 'isRawJSON' in JSON;
const TOO_OLD = (
  <StatusIndicator type="info">
    This browser is too old to try a filter here; saving it works.
  </StatusIndicator>
);

function Answer(sample: Sample) {
  const verdict = judgeSample(sample);
  if (verdict.kind === 'unready') return <StatusIndicator type="pending">{verdict.what}</StatusIndicator>;
  if (verdict.kind === 'sent')
    return <StatusIndicator type="success">This event would be sent</StatusIndicator>;
  return (
    <StatusIndicator type="stopped">{`This event would not be sent: ${WHY[verdict.by]}`}</StatusIndicator>
  );
}

const WHY = {
  type: 'its type is not chosen',
  filter: 'the filter keeps it back',
  'filter-too-costly': 'the filter takes too many steps on it',
} as const;
