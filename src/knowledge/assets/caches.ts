/** Caches that builds outside, or in other sandboxes, take code from. */
import type { AssetPath } from '../asset.ts';
import { type AssetRow, gain, ownedBy } from './row.ts';

const cache = (
  id: string,
  title: string,
  paths: readonly AssetPath[],
  reference: string,
  except: readonly AssetPath[] = [],
): AssetRow => ({
  id,
  title,
  paths,
  ...(except.length === 0 ? {} : { except }),
  write: gain('cache-write', 'next', 'put code into packages that other builds take from there'),
  reason: 'Builds trust what they find in the cache, and check at most a hash that stands beside it.',
  reference,
});

export const CACHES = ownedBy('shared-state', [
  cache('npm-cache', 'the npm cache', ['~/.npm/'], 'https://docs.npmjs.com/cli/commands/npm-cache'),
  cache(
    'pnpm-store',
    'the pnpm store',
    ['~/.local/share/pnpm/', '~/.pnpm-store/', '~/Library/pnpm/'],
    'https://pnpm.io/settings#storedir',
  ),
  cache(
    'yarn-cache',
    'the Yarn cache',
    ['~/.yarn/', '~/.cache/yarn/', '~/.yarn-cache/'],
    'https://yarnpkg.com/configuration/yarnrc',
  ),
  cache('bun-cache', 'the Bun cache', ['~/.bun/install/cache/'], 'https://bun.sh/docs/install/cache'),
  cache(
    'pip-cache',
    'the pip and uv caches',
    ['~/.cache/pip/', '~/.cache/uv/', '~/.cache/pypoetry/'],
    'https://pip.pypa.io/en/stable/topics/caching/',
  ),
  cache(
    'maven-repository',
    'the local Maven repository',
    ['~/.m2/repository/'],
    'https://maven.apache.org/guides/introduction/introduction-to-repositories.html',
  ),
  cache(
    'gradle-cache',
    'the Gradle cache',
    ['~/.gradle/caches/', '~/.gradle/wrapper/'],
    'https://docs.gradle.org/current/userguide/dependency_caching.html',
  ),
  cache(
    'ivy-cache',
    'the Ivy and Coursier caches',
    ['~/.ivy2/', '~/.cache/coursier/'],
    'https://get-coursier.io/docs/cache',
  ),
  cache(
    'cargo-registry',
    'the Cargo registry',
    ['~/.cargo/registry/', '~/.cargo/git/'],
    'https://doc.rust-lang.org/cargo/guide/cargo-home.html',
  ),
  cache(
    'go-modules',
    'the Go module cache',
    ['~/go/pkg/', '~/.cache/go-build/'],
    'https://go.dev/ref/mod#module-cache',
  ),
  cache(
    'nuget-packages',
    'the NuGet packages',
    ['~/.nuget/packages/'],
    'https://learn.microsoft.com/en-us/nuget/consume-packages/managing-the-global-packages-and-cache-folders',
  ),
  cache(
    'composer-cache',
    'the Composer cache',
    ['~/.composer/cache/', '~/.cache/composer/'],
    'https://getcomposer.org/doc/06-config.md#cache-dir',
  ),
  cache(
    'gem-cache',
    'installed gems',
    ['~/.gem/', '~/.local/share/gem/'],
    'https://guides.rubygems.org/command-reference/',
    ['~/.gem/credentials'],
  ),
  cache(
    'compiler-cache',
    'the compiler cache',
    ['~/.ccache/', '~/.cache/ccache/', '~/.cache/sccache/', '~/.cache/bazel/'],
    'https://ccache.dev/manual/latest.html',
  ),
  cache(
    'browser-cache',
    'downloaded browsers of test tools',
    ['~/.cache/ms-playwright/', '~/.cache/puppeteer/', '~/.cache/Cypress/'],
    'https://playwright.dev/docs/browsers',
  ),
  cache(
    'model-cache',
    'downloaded models',
    ['~/.cache/huggingface/', '~/.cache/torch/', '~/.ollama/'],
    'https://huggingface.co/docs/huggingface_hub/guides/manage-cache',
    ['~/.cache/huggingface/token'],
  ),
  cache(
    'hook-cache',
    'hooks that pre-commit installed',
    ['~/.cache/pre-commit/'],
    'https://pre-commit.com/#managing-ci-caches',
  ),
  cache(
    'general-cache',
    'the cache directory',
    ['~/.cache', '~/Library/Caches'],
    'https://specifications.freedesktop.org/basedir-spec/latest/',
  ),
]);
