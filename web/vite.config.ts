import { defineConfig, type Plugin, type Rollup } from 'vite';

type Bundle = Rollup.OutputBundle;

/** The service workers: one of each app, from one source, which the build copies with other words. */
const WORKERS = [
  {
    file: 'sw.js',
    name: 'card',
    page: '/card.html',
    sections: ['s', 'c', 'cards', 'check-in', 'sign-in'],
    skips: /shared\/firebase\/(live|push)|\/jsqr\//, // Of no use without a connection: checking in needs one, too.
  },
  {
    file: 'console-sw.js',
    name: 'console',
    page: '/console.html',
    sections: ['console'],
    skips: /shared\/firebase\/live|console\/src\/(?!till\/|i18n\/|ui\/)[^/]+\//, // Only the till works without a connection.
  },
];

/** Make the service worker of each app: it keeps the app's shell, but for what it skips. */
function workers(): Plugin {
  return {
    name: 'workers',
    generateBundle: {
      order: 'post', // Vite drops chunks that have only styles before.
      handler(_, bundle) {
        const source = bundle['sw.js'];
        if (source?.type !== 'chunk') throw new Error('the service worker is not built');
        const { code } = source;
        for (const { file, skips, ...app } of WORKERS) {
          const shell = [...filesOf(app.name, skips, bundle)].sort().map((each) => `/${each}`);
          const made = code.replace('__APP__', JSON.stringify({ ...app, shell }));
          if (file === source.fileName) source.code = made;
          else this.emitFile({ type: 'asset', fileName: file, source: made });
        }
      },
    },
  };
}

/** Collect what an entry loads, at once or later. */
function filesOf(entry: string, skips: RegExp, bundle: Bundle): Set<string> {
  const files = new Set<string>();
  const add = (name: string): void => {
    const chunk = bundle[name];
    if (chunk?.type !== 'chunk' || files.has(name) || skips.test(chunk.facadeModuleId ?? '')) return;
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
  plugins: [workers()],
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
