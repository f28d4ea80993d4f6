import { defineConfig, type Plugin } from 'vite';

/** Tell the service worker which files are the card's shell: all but what watches Firestore. */
function shell(): Plugin {
  return {
    name: 'shell',
    generateBundle(_, bundle) {
      const worker = bundle['sw.js'];
      if (worker?.type !== 'chunk') throw new Error('the service worker is not built');
      const files = Object.keys(bundle).filter(
        (name) => name.startsWith('assets/') && !name.startsWith('assets/live-'),
      );
      const text = JSON.stringify(files.sort().map((name) => `/${name}`));
      worker.code = worker.code.replace('__SHELL__', text);
    },
  };
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
      input: { card: 'card.html', sw: 'card/src/sw.ts' },
      output: {
        // The address of a service worker must stay the same.
        entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
});
