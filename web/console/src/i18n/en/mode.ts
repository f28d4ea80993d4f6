export const mode = {
  test: 'Test mode',
  band: 'Test mode: answers are made-up examples, and nothing is written.',
  testAccount: (name: string) => `${name} (test account)`,
};
