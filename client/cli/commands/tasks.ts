import { type CommandGroup, command, EXIT } from '../command.ts';
import { finish, showTask } from '../long-work.ts';

/** `fanfare tasks …` */
export const tasks: CommandGroup = {
  summary: 'Long work: redrives and replays.',
  commands: {
    get: command({
      summary: 'Show how far a task is.',
      args: ['<id>'],
      run: async (context, { args: [id = ''] }) => {
        const task = await context.api.getTask(id, { signal: context.signal });
        showTask(context, task);
        return EXIT.ok;
      },
    }),
    watch: command({
      summary: 'Wait for a task; exit code 1 if it fails or is cancelled.',
      args: ['<id>'],
      run: async (context, { args: [id = ''] }) => {
        const task = await context.api.getTask(id, { signal: context.signal });
        return showTask(context, await finish(context, task));
      },
    }),
    cancel: command({
      summary: 'Stop a task; what it has sent stays sent.',
      args: ['<id>'],
      run: async ({ api, signal, json, out }, { args: [id = ''] }) => {
        const task = await api.cancelTask(id, { signal });
        if (json) out.json(JSON.stringify(task));
        else out.line(`${task.id} ${task.status}: ${task.sent} of ${task.matched} were sent`);
        return EXIT.ok;
      },
    }),
  },
};
