// Runs the functions of an app on request: a line of JSON in, a line of JSON out.
//
//   {"call": "myCards", "userId": ..., "arguments": [...]}   -> {"result": ...} or {"code": ...}
//   {"watch": "watchBalance", ...}                           -> a line for each change
//   {"stop": true}                                           -> ends all watching, and the process
//
// Functions that read get a connection as this user before their arguments. Results stay here as they
// are, with timestamps and documents: the argument {"from": "myHistory", "field": "last"} is a field
// of the latest result of that function, {"from": "programOf"} the whole.
import { createInterface } from 'node:readline';

const [module, projectId, host, port] = process.argv.slice(2);
const app = await import(module);
const connections = new Map();
const results = new Map();
const stops = [];

function connection(userId) {
  if (!connections.has(userId)) {
    connections.set(userId, app.connectLocally({ projectId, host, port: Number(port), userId }));
  }
  return connections.get(userId);
}

function argument(value) {
  if (!value?.from) return value;
  const result = results.get(value.from);
  return value.field ? result[value.field] : result;
}

function tell(answer) {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

const refuse = (error) => tell({ code: error.code ?? String(error) });

async function call(name, values) {
  const result = await app[name](...values);
  results.set(name, result);
  return result?.last ? { ...result, last: result.last.id } : result;
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  if (request.stop) break;
  const given = request.arguments.map(argument);
  const values = request.userId ? [connection(request.userId), ...given] : given;
  if (request.watch) {
    stops.push(app[request.watch](...values, (result) => tell({ result }), refuse));
  } else {
    await call(request.call, values).then((result) => tell({ result }), refuse);
  }
}
stops.forEach((stop) => stop());
process.exit(0);
