import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { useSearchParams } from 'wouter';
import { useAccess } from '../session/access.tsx';
import { Page } from '../shell/page.tsx';
import { DeadLetterGroups } from './groups.tsx';
import { DeadLetterList } from './letter-list.tsx';
import { RedriveDialog } from './redrive-dialog.tsx';

/** Deliveries that were given up, by subscription and one by one, and the ways to send them again. */
export default function DeadLettersPage() {
  const { canWrite } = useAccess();
  const [params, setParams] = useSearchParams();
  const subscription = params.get('subscription');
  const [redriving, setRedriving] = useState<{ readonly subscription: string | null } | null>(null);
  const show = (id: string | null) =>
    setParams((before) => {
      const after = new URLSearchParams(before);
      if (id === null) after.delete('subscription');
      else after.set('subscription', id);
      return after;
    });
  return (
    <Page
      title="Dead letters"
      description="Deliveries that were given up. They are kept for 14 days."
      actions={
        canWrite && (
          <Button variant="primary" onClick={() => setRedriving({ subscription: null })}>
            Redrive all…
          </Button>
        )
      }
    >
      <DeadLetterGroups onRedrive={(id) => setRedriving({ subscription: id })} onShow={show} />
      <DeadLetterList subscription={subscription} onShowAll={() => show(null)} />
      {redriving !== null && (
        <RedriveDialog subscription={redriving.subscription} onClose={() => setRedriving(null)} />
      )}
    </Page>
  );
}
