import { readdirSync, readFileSync } from 'node:fs';

/** What a process and all those below it use. */
export interface TreeUse {
  /** Processor time since the process began, in seconds, with that of children that ended. */
  readonly cpuSeconds: number;
  readonly processes: number;
  /** Resident memory of all together, in MB; what they share is counted for each. */
  readonly rssMb: number;
}

/** Ticks of the processor clock in a second, on every Linux there is. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
const TICKS = 100;
const PAGE_BYTES = 4096;

interface Status {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
  readonly pages: number;
}

/** Reads it from `/proc`. Linux only. */
export function treeUse(root: number): TreeUse {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statusOf(Number(name)) ?? []);
  const tree = withThoseBelow(root, all);
  const sum = (of: (status: Status) => number): number => tree.reduce((total, each) => total + of(each), 0);
  return {
    cpuSeconds: sum(({ ticks }) => ticks) / TICKS,
    processes: tree.length,
    rssMb: (sum(({ pages }) => pages) * PAGE_BYTES) / 2 ** 20,
  };
}

function withThoseBelow(pid: number, all: readonly Status[]): readonly Status[] {
  const own = all.filter((status) => status.pid === pid);
  const children = all.filter(({ parent }) => parent === pid);
  return [...own, ...children.flatMap((child) => withThoseBelow(child.pid, all))];
}

/** Null for a process that ended meanwhile. */
function statusOf(pid: number): Status | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw error;
  }
  // From the state on: the name before it may hold anything.
  const fields = text
    .replace(/^.*\) /s, '')
    .split(' ')
    .map(Number);
  const at = (column: number): number => fields[column - 3] ?? 0;
  // Own time in user and system mode, then that of children that ended and were asked about.
  return { pid, parent: at(4), ticks: at(14) + at(15) + at(16) + at(17), pages: at(24) };
}
