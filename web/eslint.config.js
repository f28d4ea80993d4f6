import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import ts from 'typescript-eslint';

const element = (name) => ({
  selector: `JSXAttribute[name.name='${name}']`,
  message: 'Texts of merchants are never markup, and the policy of the pages allows no inline style.',
});

export default defineConfig(
  { ignores: ['dist', 'node_modules', '**/*.gen.ts'] },
  js.configs.recommended,
  ts.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { project: ['tsconfig.json', 'tsconfig.worker.json'] } },
    rules: {
      'max-lines': ['error', 250],
      'no-eval': 'error',
      'no-restricted-syntax': ['error', element('dangerouslySetInnerHTML'), element('style')],
      'no-restricted-properties': [
        'error',
        { property: 'innerHTML', message: 'Texts of merchants are never markup.' },
      ],
      'no-restricted-imports': [
        'error',
        { paths: [{ name: 'firebase/firestore', message: 'Only live.ts loads the large SDK.' }] },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true }],
    },
  },
  { files: ['shared/firebase/live.ts'], rules: { 'no-restricted-imports': 'off' } },
  { files: ['card/**', 'console/**'], rules: { 'no-restricted-globals': ['error', { name: 'fetch', message: 'Call the API by client.ts.' }] } },
  { files: ['**/*.js', '**/*.mjs', 'vite.config.ts'], extends: [ts.configs.disableTypeChecked], languageOptions: { globals: Object.fromEntries(['console', 'process', 'URL', 'URLSearchParams', 'localStorage', 'sessionStorage', 'history', 'fetch', 'document', 'innerWidth', 'navigator', 'performance', 'indexedDB', 'DOMException', 'dispatchEvent', 'Event'].map((name) => [name, 'readonly'])) } },
);
