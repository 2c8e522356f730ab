import { chmodSync } from 'node:fs';
import { defineConfig } from 'rolldown';

/** An installation from a git address runs the file as it was built. */
const executable = {
  name: 'executable-command',
  writeBundle: () => chmodSync(new URL('dist/cli.js', import.meta.url), 0o755),
};

export default defineConfig({
  input: { cli: 'src/cli.ts', index: 'src/index.ts' },
  platform: 'node',
  // The `main` of jsonc-parser is UMD, which requires its parts by computed names.
  resolve: { mainFields: ['module', 'main'] },
  output: {
    dir: 'dist',
    format: 'esm',
    minify: true,
    cleanDir: true,
    chunkFileNames: 'chunks/[name]-[hash].js',
  },
  plugins: [executable],
});
