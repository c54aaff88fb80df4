import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { SqsMessage, SqsQueue, Writer } from './store.ts';

/**
 * Keeps messages in a SQLite file, so that they outlive the process, `kill -9` included: each change is in the
 * operating system's hands before the caller is answered. Queues are not kept, because the template has them.
 */
export class QueueFile implements Writer {
  readonly #db: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #remove: StatementSync;
  readonly #received: StatementSync;
  readonly #purge: StatementSync;

  constructor(path: string) {
    this.#db = new DatabaseSync(path);
    this.#db.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      CREATE TABLE IF NOT EXISTS message (
        place INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        queue TEXT NOT NULL,
        body TEXT NOT NULL,
        rest TEXT NOT NULL,
        receives INTEGER NOT NULL,
        first_received INTEGER
      );
      CREATE INDEX IF NOT EXISTS message_queue ON message (queue);
    `);
    this.#insert = this.#db.prepare(
      'INSERT OR REPLACE INTO message (id, queue, body, rest, receives, first_received) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#remove = this.#db.prepare('DELETE FROM message WHERE id = ?');
    this.#received = this.#db.prepare('UPDATE message SET receives = ?, first_received = ? WHERE id = ?');
    this.#purge = this.#db.prepare('DELETE FROM message WHERE queue = ?');
  }

  /**
   * Puts the kept messages back, oldest first. One that was being worked on when the process ended is visible
   * at once: whoever held it is gone. Its receive count stays, so workers know that it may be half done.
   */
  load(queue: SqsQueue): void {
    const rows = this.#db
      .prepare('SELECT body, rest, receives, first_received FROM message WHERE queue = ? ORDER BY place')
      .all(queue.name);
    for (const row of rows) {
      const message: SqsMessage = {
        ...JSON.parse(String(row.rest)),
        body: String(row.body),
        approximateReceiveCount: Number(row.receives),
        ...(row.first_received === null
          ? {}
          : { approximateFirstReceiveTimestamp: Number(row.first_received) }),
      };
      const waiting = (message.delayUntil ?? 0) > Date.now();
      (waiting ? queue.delayedMessages : queue.messages).push(message);
    }
  }

  insertMessage(queueName: string, message: SqsMessage): void {
    const { body, approximateReceiveCount, approximateFirstReceiveTimestamp, ...rest } = message;
    const first = approximateFirstReceiveTimestamp ?? null;
    this.#insert.run(
      message.messageId,
      queueName,
      body,
      JSON.stringify(rest),
      approximateReceiveCount,
      first,
    );
  }

  deleteMessage(messageId: string): void {
    this.#remove.run(messageId);
  }

  updateMessageInflight(
    messageId: string,
    _receiptHandle: string,
    _visibleAgainAt: number,
    receives: number,
    firstReceived: number | undefined,
  ): void {
    this.#received.run(receives, firstReceived ?? null, messageId);
  }

  deleteQueueMessages(queueName: string): void {
    this.#purge.run(queueName);
  }

  // A message is visible unless a living process holds it, so there is nothing to write; the rest is the template's.
  updateMessageReady(): void {}
  insertQueue(): void {}
  deleteQueue(): void {}
  updateQueueAttributes(): void {}
  updateQueueSequenceCounter(): void {}

  close(): void {
    this.#db.close();
  }
}
