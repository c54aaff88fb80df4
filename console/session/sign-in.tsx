import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import { type FormEvent, useState } from 'react';
import type { Session } from './session.ts';

interface Props {
  /** `key`: the key in use is no longer accepted. `not-told`: the server heard nothing of a sign-out. */
  readonly notice: 'key' | 'not-told' | null;
  readonly onSession: (session: Session) => void;
}

const NOTICES = {
  key: 'This key was not accepted. It may have expired or been revoked.',
  'not-told':
    'You are signed out here, but the server was not reached: the link that brought you works until it expires.',
} as const;

/** Where somebody without a portal link gives an API key. */
export function SignIn({ notice, onSession }: Props) {
  const [token, setToken] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (token.trim() !== '') onSession({ token: token.trim(), byLink: false, tenant: null, readOnly: false });
  };
  return (
    <main className="narrow-page">
      <form onSubmit={submit}>
        <Form actions={<Button variant="primary">Sign in</Button>}>
          <Container header={<Header variant="h1">Fanfare console</Header>}>
            {notice !== null && (
              <Box margin={{ bottom: 'm' }}>
                <Alert type={notice === 'key' ? 'error' : 'warning'}>{NOTICES[notice]}</Alert>
              </Box>
            )}
            <FormField
              label="API key"
              description="Kept for this browser tab only. An admin key opens the operator's view; a key bound to a tenant opens that tenant's webhooks."
              constraintText={
                <>
                  Running locally? <code>npm start</code> prints the key. In AWS it is in Secrets Manager: the
                  stack's output names it.
                </>
              }
            >
              <Input
                type="password"
                value={token}
                autoFocus
                autoComplete={false}
                spellcheck={false}
                onChange={({ detail }) => setToken(detail.value)}
              />
            </FormField>
          </Container>
        </Form>
      </form>
    </main>
  );
}
