import { type Browser, type BrowserContext, chromium, type Page, type Response } from 'playwright-core';
import { chromiumPlan, thisMachine } from '../../bin/chromium.mjs';
import { type InProcessRunner, startInProcess } from '../local/runner.ts';

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Generous, as `until` is. */
const START_MS = 120_000;
const WAIT_MS = 60_000;

/** A whole runner whose console is built, and a browser. */
export async function startConsole(
  options: Parameters<typeof startInProcess>[0] = {},
): Promise<readonly [InProcessRunner, Browser]> {
  const [runner, browser] = await Promise.all([startInProcess(options), startBrowser()]);
  // The build of a first visit takes seconds, which no visitor's patience is meant for.
  await (await fetch(runner.url)).arrayBuffer();
  return [runner, browser];
}

/** Starts the Chromium that `npm test` found or installed. */
function startBrowser(): Promise<Browser> {
  const plan = chromiumPlan(thisMachine());
  if (plan.kind === 'found')
    return chromium.launch({ executablePath: plan.path, args: ARGS, timeout: START_MS });
  throw new Error(plan.kind === 'none' ? plan.why : 'There is no Chromium yet: npm test installs it.');
}

/** A visitor's page, and what went wrong in it: script errors, policy violations, dialogs, requests elsewhere. */
export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly troubles: readonly string[];
  /** The page's own files that were loaded; calls of the API are not among them. */
  readonly files: readonly Response[];
  close(): Promise<void>;
}

export interface VisitOptions {
  readonly width?: number;
  readonly dark?: boolean;
  /** Whether the test can wind the page's clock, which goes by itself until then. */
  readonly clock?: boolean;
}

/** Opens an address of the console as a new visitor. */
export async function visit(browser: Browser, address: string, options: VisitOptions = {}): Promise<Visit> {
  const { width = 1280, dark = false, clock = false } = options;
  const context = await browser.newContext({
    viewport: { width, height: width < 500 ? 844 : 900 },
    colorScheme: dark ? 'dark' : 'light',
    permissions: ['clipboard-read', 'clipboard-write'],
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS);
  const troubles: string[] = [];
  const home = new URL(address).origin;
  page.on('pageerror', (error) => troubles.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) troubles.push(message.text());
  });
  page.on('dialog', (dialog) => {
    troubles.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!/^(blob|data):/.test(request.url()) && new URL(request.url()).origin !== home) {
      troubles.push(`request: ${request.url()}`);
    }
  });
  const files: Response[] = [];
  page.on('response', (response) => {
    if (new URL(response.url()).origin === home && !response.url().startsWith(`${home}/v1/`))
      files.push(response);
  });
  if (clock) await page.clock.install();
  await page.goto(address);
  return { page, context, troubles, files, close: () => context.close() };
}
