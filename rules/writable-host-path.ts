import { ASSETS } from '../src/knowledge/assets/index.ts';
import { isCollection, isTemporary, isTimeZone } from '../src/knowledge/host-directories.ts';
import { enclosureAssumptions } from '../src/model/enclosure.ts';
import { exposures } from '../src/model/exposure.ts';
import type { HostGrant } from '../src/model/files.ts';
import { below, breadthOf, displayPath, type HostPath, isParent } from '../src/model/host-path.ts';
import type { Gain } from '../src/model/outcome.ts';
import { defineRule } from '../src/model/rule.ts';
import type { Sandbox } from '../src/model/sandbox.ts';

/** Files outside the project that nothing else names: other projects, shared directories, data of the host. */
export default defineRule({
  id: 'writable-host-path',
  title: 'Files outside the project writable',
  summary: 'Code inside changes files of the host that have nothing to do with its task.',
  axis: 'files',
  severity: 'high',
  gives: ['host-write', 'data-write', 'host-read'],
  references: { cis: ['5.6'], owasp: ['8'], attack: ['T1565.001', 'T1554'], cwe: [732] },
  check(sandbox, report) {
    const named = new Set(exposures(sandbox.files, ASSETS).map((exposure) => exposure.grant));
    const mountsProject = sandbox.files.grants.some(({ path }) => breadthOf(path) === 'workspace');
    for (const grant of sandbox.files.grants) {
      if (named.has(grant) || !isOutside(grant.path, mountsProject) || !writes(sandbox, grant)) continue;
      const above = breadthOf(grant.path) === 'outside';
      // Code comes to a service by way of the sandbox beside it, which is not certain.
      const service = sandbox.role.kind === 'service';
      const state = isState(grant);
      report({
        at: grant.origin,
        evidence: `\`${grant.text}\` opens ${isParent(grant.path) ? 'the directory above the project' : `\`${displayPath(grant.path)}\`, outside the project,`} for writing`,
        consequence: above
          ? 'Code inside can change other projects, and plant hooks and scripts in them that the host runs.'
          : 'Code inside can change or delete what lies there, and what programs of the host read from it.',
        remedy: REMEDY[grant.kind === 'rule' ? 'rule' : 'mount'],
        gains: gainsOf(grant, service || state),
        ...(state ? { severity: 'low' as const } : {}),
        ...(above ? { confidence: 'medium' as const } : {}),
        assumes: [
          ...(grant.assumes ?? []),
          ...enclosureAssumptions(grant.path),
          ...(service ? ['hostile code gets into this service'] : []),
          ...(state ? ['a program of yours acts on what lies there'] : []),
        ],
        subject: displayPath(grant.path),
      });
    }
  },
});

function gainsOf(grant: HostGrant, guessed: boolean): Gain[] {
  const outcome = holdsProjects(grant) ? 'host-write' : 'data-write';
  const write: Gain = { outcome, certainty: guessed ? 'assumed' : 'direct' };
  return grant.read === 'yes' && !isState(grant)
    ? [write, { outcome: 'host-read', certainty: 'direct' }]
    : [write];
}

/** Other people's work lies there, with hooks and scripts; elsewhere it is data. */
function holdsProjects({ path }: HostGrant): boolean {
  return breadthOf(path) === 'outside' || (path.root === 'home' && isCollection(path.path));
}

const REMEDY = {
  rule: 'Narrow the rule to the project, or give the task a directory of its own.',
  mount: 'Mount it read-only, or mount the directory of this project alone.',
} as const;

/** A profile names what single tools keep in the home; that something of value is among it is a guess. */
function isState({ kind, path }: HostGrant): boolean {
  return kind === 'rule' && path.root === 'home' && !isCollection(path.path);
}

function isOutside(path: HostPath, mountsProject: boolean): boolean {
  const breadth = breadthOf(path);
  if (breadth === 'outside') return true;
  if (path.root === 'unknown') {
    return path.within !== undefined && isOutside(below(path.within.directory, 'any'), mountsProject);
  }
  if (breadth !== 'narrow' || isSpecial(path.path)) return false;
  if (path.root === 'absolute') {
    return !isTemporary(path.path) && !isTimeZone(path.path) && !path.path.startsWith('/dev/');
  }
  // Without another mount of the project, a directory in the home is the project itself.
  return mountsProject || isCollection(path.path) || path.path.startsWith('.');
}

/** A socket is connected to, not written. */
function isSpecial(path: string): boolean {
  return /\.sock(?:et)?$/.test(path);
}

function writes({ files }: Sandbox, grant: HostGrant): boolean {
  const { verdict, grant: decides } = files.can('write', grant.path);
  return verdict === 'yes' && decides === grant && grant.kind !== 'copy';
}
