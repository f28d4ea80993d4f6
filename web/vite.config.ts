import { defineConfig, type Plugin, type Rollup } from 'vite';

type Bundle = Rollup.OutputBundle;

/** What is of no use without a connection: it watches Firestore, or reads codes from pictures. */
const ONLINE: readonly (string | undefined)[] = ['live', 'jsQR'];

/** Tell the service worker which files are the card's shell: all that works without a connection. */
function shell(): Plugin {
  return {
    name: 'shell',
    generateBundle: {
      order: 'post', // Vite drops chunks that have only styles before.
      handler(_, bundle) {
        const worker = bundle['sw.js'];
        if (worker?.type !== 'chunk') throw new Error('the service worker is not built');
        const text = JSON.stringify([...filesOf('card', bundle)].sort().map((name) => `/${name}`));
        worker.code = worker.code.replace('__SHELL__', text);
      },
    },
  };
}

/** Collect what an entry loads, at once or later. */
function filesOf(entry: string, bundle: Bundle): Set<string> {
  const files = new Set<string>();
  const add = (name: string): void => {
    const chunk = bundle[name];
    if (chunk?.type !== 'chunk' || ONLINE.includes(chunk.name) || files.has(name)) return;
    files.add(name);
    chunk.viteMetadata?.importedCss.forEach((each) => files.add(each));
    [...chunk.imports, ...chunk.dynamicImports].forEach(add);
  };
  const first = Object.values(bundle).find((each) => each.type === 'chunk' && each.isEntry && each.name === entry);
  if (!first) throw new Error(`${entry} is not built`);
  add(first.fileName);
  return files;
}

export default defineConfig({
  publicDir: '../public',
  plugins: [shell()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    manifest: true,
    assetsInlineLimit: 0, // The content security policy allows no data: URLs for scripts and styles.
    modulePreload: { polyfill: false }, // Of no use to the browsers that have what the card needs.
    rollupOptions: {
      input: { card: 'card.html', console: 'console.html', sw: 'shared/worker/sw.ts' },
      output: {
        // The address of a service worker must stay the same.
        entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
});
