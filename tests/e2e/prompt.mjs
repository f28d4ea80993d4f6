// The prompt of `node`, for a test: a line of JSON in, a line of JSON out.
//
//   {"run": "const one = await f();"}  -> {"result": null}
//   {"show": "one"}                    -> {"result": its value}
//
// What fails answers {"error": ...}, and the prompt goes on.
import { createInterface } from 'node:readline';
import repl from 'node:repl';
import { PassThrough } from 'node:stream';

const output = new PassThrough();
const prompt = repl.start({ input: new PassThrough(), output, useGlobal: true });

function evaluate(code) {
  return new Promise((done, failed) => {
    // The prompt prints what an awaited call throws, and calls nobody back.
    const onOutput = (text) => String(text).includes('Uncaught') && failed(String(text));
    output.removeAllListeners('data').on('data', onOutput);
    prompt.eval(`${code}\n`, prompt.context, 'prompt', (error, value) => (error ? failed(error) : done(value)));
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  const { run, show } = JSON.parse(line);
  const answer = await evaluate(run ?? `(${show})`).then(
    (value) => ({ result: run ? null : value ?? null }),
    (error) => ({ error: String(error) }),
  );
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit(0);
