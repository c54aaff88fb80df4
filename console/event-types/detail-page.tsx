import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import { useQuery } from '@tanstack/react-query';
import type { EventTypeBody } from '../../contract/api.ts';
import { catalogueEntry } from '../data/event-types.ts';
import { JsonView } from '../parts/json-view.tsx';
import { PageProblem } from '../parts/problem.tsx';
import { UserText } from '../parts/user-text.tsx';
import { useApi } from '../session/access.tsx';
import { Page } from '../shell/page.tsx';
import { PageLoading } from '../shell/page-loading.tsx';

const MODES: Readonly<Record<EventTypeBody['mode'], string>> = {
  off: 'The schema is for reading; events are not checked',
  warn: 'Events that break the schema are delivered and counted',
  block: 'Events that break the schema are refused',
};

export default function EventTypePage({ id }: { readonly id: string }) {
  const api = useApi();
  const found = useQuery({
    queryKey: ['event-types', 'one', id],
    queryFn: async () => {
      const { body, text } = await api.getEventType(id);
      return catalogueEntry(body, text);
    },
  });
  if (found.data === undefined) return found.error ? <PageProblem error={found.error} /> : <PageLoading />;
  const { type, description, mode, deprecated, schemaText, exampleText } = found.data;
  return (
    <Page
      title={type}
      within={['Event types', '/event-types']}
      description={<UserText>{description}</UserText>}
    >
      <Container>
        <KeyValuePairs
          columns={2}
          items={[
            { label: 'Checked', value: schemaText === null ? 'There is no schema' : MODES[mode] },
            { label: 'In use', value: deprecated ? 'Deprecated: choose another for new work' : 'Yes' },
          ]}
        />
      </Container>
      <Container header={<Header variant="h2">Example</Header>}>
        <TextOrNone text={exampleText} label="Example" />
      </Container>
      <Container header={<Header variant="h2">Schema</Header>}>
        <TextOrNone text={schemaText} label="Schema" />
      </Container>
    </Page>
  );
}

function TextOrNone({ text, label }: { readonly text: string | null; readonly label: string }) {
  if (text === null) return <Box color="text-body-secondary">None was given.</Box>;
  return <JsonView text={text} label={label} />;
}
