import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { CodeText, CopyText } from '../parts/json-view.tsx';
import { ProblemAlert } from '../parts/problem.tsx';
import { useAccess } from '../session/access.tsx';
import { RotateDialog } from './rotate-dialog.tsx';
import { VerifySnippets } from './verify-snippets.tsx';

/** The signing secret, shown when asked for, and how to use it. */
export default function SecretPanel({ id }: { readonly id: string }) {
  const { api, canWrite } = useAccess();
  const [rotating, setRotating] = useState(false);
  const reveal = useMutation({ mutationFn: () => api.getSecret(id) });
  const secret = reveal.data?.secret;
  return (
    <SpaceBetween size="l">
      {canWrite && (
        <Container
          header={
            <Header
              variant="h2"
              description="Each request is signed with it, so that your endpoint can tell ours from others."
              actions={
                <SpaceBetween direction="horizontal" size="xs">
                  <Button
                    loading={reveal.isPending}
                    onClick={() => (secret ? reveal.reset() : reveal.mutate())}
                  >
                    {secret ? 'Hide' : 'Reveal'}
                  </Button>
                  <Button onClick={() => setRotating(true)}>Rotate</Button>
                </SpaceBetween>
              }
            >
              Signing secret
            </Header>
          }
        >
          <ProblemAlert error={reveal.error} />
          {secret === undefined ? (
            <Box color="text-body-secondary">whsec_••••••••••••••••</Box>
          ) : (
            <SpaceBetween size="xs" direction="horizontal" alignItems="center">
              <CodeText text={secret} label="Signing secret" />
              <CopyText text={secret} label="Copy signing secret" />
            </SpaceBetween>
          )}
        </Container>
      )}
      <Container
        header={
          <Header variant="h2" description="A receiver that checks the signature, in six languages.">
            Verify requests
          </Header>
        }
      >
        <VerifySnippets />
      </Container>
      {rotating && (
        <RotateDialog
          id={id}
          onClose={() => setRotating(false)}
          onRotated={() => {
            if (secret !== undefined) reveal.mutate();
          }}
        />
      )}
    </SpaceBetween>
  );
}
