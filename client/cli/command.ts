import type { Fanfare } from '../fanfare.ts';
import type { Output } from './output.ts';

/** One option of a command, as `node:util` parses it and as help shows it. */
export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  readonly multiple?: boolean;
  /** What stands for the value in help. */
  readonly value?: string;
  readonly help: string;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

type ValueOf<Spec extends OptionSpec> = Spec['type'] extends 'boolean'
  ? boolean
  : Spec extends { multiple: true }
    ? readonly string[]
    : string;

/** What was given on the command line; options that were not are absent. */
export interface Given<Options extends OptionSpecs> {
  readonly args: readonly string[];
  readonly options: { readonly [Name in keyof Options]?: ValueOf<Options[Name]> };
}

/** What a command works with. */
export interface Context {
  readonly api: Fanfare;
  /** `{ tenant }` where one was given: goes with each call that takes a tenant. */
  readonly scope: { readonly tenant?: string };
  /** Print JSON for programs instead of text for people. */
  readonly json: boolean;
  readonly out: Output;
  /** Aborts when the user has had enough. */
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** Reads an argument that may name a file (`@file`) or standard input (`-`). */
  readText(argument: string): Promise<string>;
  /** Asks a question on the terminal; null where there is nobody to ask. */
  ask(question: string): Promise<boolean | null>;
}

/** How a command ended. */
export const EXIT = { ok: 0, failure: 1, usage: 2 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface Command<Options extends OptionSpecs = OptionSpecs> {
  readonly summary: string;
  /** Arguments in order: `<must>` or `[may]`. */
  readonly args?: readonly string[];
  readonly options?: Options;
  /** More lines of help. */
  readonly notes?: string;
  run(context: Context, given: Given<Options>): Promise<ExitCode>;
}

/** Commands below one word: `fanfare subscriptions list`. */
export interface CommandGroup {
  readonly summary: string;
  readonly commands: Readonly<Record<string, Command>>;
}

/** Gives a command's options to its `run` with their types, and lets all commands stand in one table. */
export function command<const Options extends OptionSpecs = Record<never, never>>(
  spec: Command<Options>,
): Command {
  return spec as unknown as Command;
}

/** A command line that makes no sense; the message says what about it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Whoever read the output reads no more. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed';
}

/** The user ended the command. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly by: NodeJS.Signals;

  constructor(by: NodeJS.Signals) {
    super(`ended by ${by}`);
    this.by = by;
  }
}
