// What `firebase deploy` finds out before it asks any cloud, by the CLI's own code: the functions
// (it starts the Python SDK's server in venv/), its checks of them and of the indexes, and the files
// that it uploads.
// Prints one JSON object.
const path = require('node:path');

const root = path.join(__dirname, '..', '..');
const cli = path.join(root, 'tools', 'node_modules', 'firebase-tools', 'lib');
const backend = require(path.join(cli, 'deploy', 'functions', 'backend'));
const build = require(path.join(cli, 'deploy', 'functions', 'build'));
const runtimes = require(path.join(cli, 'deploy', 'functions', 'runtimes'));
const validate = require(path.join(cli, 'deploy', 'functions', 'validate'));
const { FirestoreApi } = require(path.join(cli, 'firestore', 'api'));
const { readdirRecursive } = require(path.join(cli, 'fsAsync'));

async function main() {
  const { runtime, source, ignore } = require(path.join(root, 'firebase.json')).functions[0];
  const sourceDir = path.join(root, source);
  const delegate = await runtimes.getRuntimeDelegate({
    projectId: 'my-project', projectDir: root, sourceDir, runtime,
  });
  await delegate.validate();
  const discovered = await delegate.discoverBuild({}, { GCLOUD_PROJECT: 'my-project' });
  const wanted = build.toBackend(discovered, {});
  validate.endpointsAreValid(wanted, backend.empty());
  const firestore = new FirestoreApi();
  firestore.validateSpec(firestore.upgradeOldSpec(require(path.join(root, 'firestore.indexes.json'))));
  const files = await readdirRecursive({ path: sourceDir, ignoreStrings: ignore });
  const found = JSON.stringify({
    endpoints: backend.allEndpoints(wanted),
    apis: wanted.requiredAPIs.map(({ api }) => api),
    files: files.map(({ name }) => path.relative(sourceDir, name)),
  });
  // A pipe takes 64 KiB at once, and `exit` does not wait for the rest.
  await new Promise((resolve) => process.stdout.write(found, resolve));
}

main().then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});
