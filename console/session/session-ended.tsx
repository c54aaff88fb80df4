import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import { useEffect } from 'react';

/** What the holder of a portal link sees when it ran out. The page around a frame is told, so that it can renew it. */
export function SessionEnded() {
  useEffect(() => {
    if (window.parent !== window) window.parent.postMessage({ type: 'fanfare:session-ended' }, '*');
  }, []);
  return (
    <main className="narrow-page">
      <Container header={<Header variant="h1">This link has expired</Header>}>
        <Box variant="p">
          Links to your webhooks work for a limited time. Go back to where you opened this page and open it
          again: you get a fresh link there. Nothing was lost, and deliveries go on meanwhile.
        </Box>
      </Container>
    </main>
  );
}
