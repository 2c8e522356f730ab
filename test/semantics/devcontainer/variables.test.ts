// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of devcontainer.json and Dockerfiles hold variables
import { describe, expect, it } from 'vitest';
import { displayText, unknownNames } from '../../../src/model/symbolic.ts';
import { placesOf } from '../../../src/semantics/devcontainer/places.ts';
import { DEVCONTAINER_ID, substitute } from '../../../src/semantics/devcontainer/variables.ts';
import { createSource } from '../../../src/source/source.ts';
import { readJsonc } from '../../../src/syntax/jsonc.ts';
import { memoryProject } from '../../support/memory-project.ts';

const PLACES = {
  directory: 'app/.devcontainer',
  folder: 'app',
  mounted: 'app',
  basename: 'app',
  inside: '/w/app',
};

describe('substitute', () => {
  it.each([
    ['${localEnv:HOME}', '~'],
    ['${env:HOME}/.ssh', '~/.ssh'],
    ['${localEnv:USERPROFILE}', '~'],
    ['${localEnv:HOME}${localEnv:USERPROFILE}/.ssh', '~/.ssh'],
    ['${localEnv:HOME:/root}', '~'],
    ['${localHomeFolder}', '~'],
    ['${localEnv:XDG_CONFIG_HOME}', '~/.config'],
    ['${localEnv:SSH_AUTH_SOCK}', '/run/user/UID/ssh-agent.sock'],
    ['${localEnv:TZ}', '$TZ'],
    ['${localEnv:TZ:America/Los_Angeles}', 'America/Los_Angeles'],
    ['${localEnv:X:a:b}', 'a'],
    ['${localEnv:X:}', '$X'],
    ['${localEnv:GITHUB_TOKEN:none}', '$GITHUB_TOKEN'],
    ['${localEnv}', '${localEnv}'],
    ['${containerEnv:PATH}:/x', 'containerEnv:PATH:/x'],
    ['${localWorkspaceFolder}', './app'],
    ['${localWorkspaceFolderBasename}', 'app'],
    ['${containerWorkspaceFolder}', '/w/app'],
    ['${containerWorkspaceFolderBasename}', 'app'],
    ['a-${devcontainerId}-b', `a-${DEVCONTAINER_ID}-b`],
    ['${foo}', '${foo}'],
    ['${foo:bar}', '${foo:bar}'],
    ['$HOME', '$HOME'],
    ['${', '${'],
    ['${}', '${}'],
    ['plain', 'plain'],
  ])('%s', (text, expected) => {
    expect(displayText(substitute(text, PLACES))).toBe(expected);
  });

  it('names the variables of the host, and no others', () => {
    expect(unknownNames(substitute('${localEnv:A}-${localEnv:B}-${containerEnv:C}', PLACES))).toEqual([
      'A',
      'B',
      'containerEnv:C',
    ]);
  });

  it('reads unclosed variables in time', () => {
    expect(substitute('${localEnv:'.repeat(50_000), PLACES)).toHaveLength(550_000);
  }, 2000);
});

describe('placesOf', () => {
  function places(path: string, json = '{}', files: Readonly<Record<string, string>> = {}) {
    const source = createSource(path, json);
    return placesOf(source, readJsonc(source).documents[0], memoryProject(files));
  }

  it.each([
    ['.devcontainer/devcontainer.json', ''],
    ['.devcontainer.json', ''],
    ['.devcontainer/python/devcontainer.json', ''],
    ['services/api/.devcontainer/devcontainer.json', 'services/api'],
    ['services/api/.devcontainer/py/devcontainer.json', 'services/api'],
    ['.devcontainer.example/devcontainer.json', ''],
    ['templates/devcontainer.json', 'templates'],
    ['.devcontainer/a/b/devcontainer.json', '.devcontainer/a/b'],
  ])('%s belongs to %j', (path, folder) => {
    expect(places(path).folder).toBe(folder);
  });

  it('mounts the repository around a folder', () => {
    const nested = places('services/api/.devcontainer/devcontainer.json', '{}', { '.git': '' });
    expect([nested.mounted, nested.inside]).toEqual(['', '/workspaces/workspace/services/api']);
    const own = places('services/api/.devcontainer/devcontainer.json', '{}', {
      'services/api/.git': '',
      '.git': '',
    });
    expect([own.mounted, own.inside]).toEqual(['services/api', '/workspaces/api']);
    expect(places('services/api/.devcontainer/devcontainer.json').mounted).toBe('services/api');
  });

  it('takes the folder inside from workspaceFolder', () => {
    const json = '{"workspaceFolder": "/src/${localWorkspaceFolderBasename}"}';
    expect(places('api/.devcontainer/devcontainer.json', json).inside).toBe('/src/api');
  });
});
