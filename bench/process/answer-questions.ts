interface Asked<Question> {
  readonly id: number;
  readonly question: Question;
}

/** Answers the questions of the process that started this one, and ends with it. */
export function answerQuestions<Question>(work: (question: Question) => Promise<object>): void {
  process.on('message', ({ id, question }: Asked<Question>) => {
    work(question).then(
      (answer) => tell({ id, answer }),
      (error: unknown) => tell({ id, failure: error instanceof Error ? error.stack : String(error) }),
    );
  });
  process.on('disconnect', () => process.exit(0));
}

/** Nobody may be there any more to be told. */
function tell(reply: object): void {
  if (process.connected) process.send?.(reply);
}
