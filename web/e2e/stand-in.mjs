/** Another system for a flow, such as a shop: a process of its own, made after its vendor's documentation. */

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const PYTHON = process.env.PYTHON ?? `${ROOT}/venv/bin/python`;

/** Run a flow with a system of `tests/support/stand_ins.py`; `tell` gives it a command and returns its answer. */
export async function withStandIn(name, flow) {
  const child = spawn(PYTHON, ['-m', 'tests.support.stand_ins', name], { cwd: ROOT, stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await lines.next()).value);
  try {
    const told = await next();
    await flow(told, async (...command) => {
      child.stdin.write(`${JSON.stringify(command)}\n`);
      return next();
    });
  } finally {
    child.stdin.end();
  }
}
