import '@cloudscape-design/global-styles/index.css';
import './styles.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { takeSession } from './session/session.ts';
import { applyLook } from './shell/look.ts';
import { rememberedLook } from './shell/look-store.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html lost its #root');

const look = rememberedLook();
await applyLook(look);
createRoot(root).render(
  <StrictMode>
    <App firstSession={takeSession()} firstLook={look} />
  </StrictMode>,
);
