import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { jsonFault, jsonText } from '../data/json-text.ts';
import { useApi } from '../session/access.tsx';
import { wordsOf } from '../shell/notices.tsx';

interface Props {
  /** JSON text, empty for none; null while it cannot be read. */
  readonly filter: string | null;
  readonly eventTypes: readonly string[];
  readonly type: string;
  /** JSON text of the sample's data. */
  readonly data: string;
}

const PAUSE_MS = 300;

/** Asks the API, as soon as typing pauses, whether the sample would be sent. */
export function DraftMatch({ filter, eventTypes, type, data }: Props) {
  const api = useApi();
  const question = useSettled({ filter, eventTypes, type, data });
  const readable = question.filter !== null && jsonFault(question.data) === null;
  const answer = useQuery({
    queryKey: ['draft-match', question],
    enabled: readable,
    placeholderData: keepPreviousData,
    retry: false,
    queryFn: () =>
      api.matchDraft(
        { eventTypes: question.eventTypes.length === 0 ? ['*'] : question.eventTypes },
        {
          filter: question.filter?.trim() ? question.filter : 'null',
          event: jsonText({ type: question.type }, { data: question.data }),
        },
      ),
  });
  return <div aria-live="polite">{verdict()}</div>;

  function verdict() {
    if (question.filter === null)
      return <StatusIndicator type="pending">The filter is not valid JSON yet</StatusIndicator>;
    if (!readable) return <StatusIndicator type="pending">The sample is not valid JSON yet</StatusIndicator>;
    if (answer.error) return <StatusIndicator type="warning">{wordsOf(answer.error)}</StatusIndicator>;
    if (answer.data === undefined) return <StatusIndicator type="loading">Checking</StatusIndicator>;
    if (answer.data.matches)
      return <StatusIndicator type="success">This event would be sent</StatusIndicator>;
    const why = answer.data.reason === 'type' ? 'its type is not chosen' : 'the filter keeps it back';
    return <StatusIndicator type="stopped">{`This event would not be sent: ${why}`}</StatusIndicator>;
  }
}

/** The value once it stopped changing. */
function useSettled(value: Props): Props {
  const text = JSON.stringify(value);
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return JSON.parse(settled) as Props;
}
