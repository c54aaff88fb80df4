import type { AttemptBody, TimingsBody } from '../../contract/api.ts';
import { durationText } from './moment.tsx';

const PHASES = [
  ['dnsMs', 'dns', 'DNS look-up'],
  ['connectMs', 'connect', 'Connecting'],
  ['tlsMs', 'tls', 'TLS'],
  ['firstByteMs', 'wait', 'Waiting for the answer'],
  ['readMs', 'read', 'Reading the answer'],
] as const satisfies readonly (readonly [keyof TimingsBody, string, string])[];

interface Props {
  readonly attempt: Pick<AttemptBody, 'number' | 'timings' | 'error'>;
}

/** What an attempt's time went to: a bar, and the same in words. Nothing where that is not on record. */
export function Phases({ attempt: { number, timings, error } }: Props) {
  if (timings === undefined) return null;
  const phases = PHASES.flatMap(([member, name, words]) => {
    const ms = timings[member];
    return ms === null ? [] : [{ name, words, ms }];
  });
  const failedIn = error === null ? null : phases.at(-1)?.name;
  return (
    <figure className="phases" aria-label={`Time of attempt ${number}`}>
      {/* Sizes only: the list below says it all. */}
      <div className="phases-bar" aria-hidden="true">
        {phases.map(
          ({ name, ms }) => ms > 0 && <span key={name} data-phase={name} style={{ flexGrow: ms }} />,
        )}
      </div>
      <dl className="phases-legend">
        {timings.connectMs === null && timings.dnsMs === null && (
          <div>
            <dt>Connection</dt> <dd>reused</dd>
          </div>
        )}
        {phases.map(({ name, words, ms }) => (
          <div key={name}>
            <dt>
              <span className="phases-key" data-phase={name} aria-hidden="true" />
              {words}
            </dt>{' '}
            <dd>
              {durationText(ms)}
              {name === failedIn && ', failed here'}
            </dd>
          </div>
        ))}
      </dl>
    </figure>
  );
}
