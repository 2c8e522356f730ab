/** devcontainer.json: finds the files, and gives one Sandbox for each. */
import type { Project } from '../../model/project.ts';
import { type DevcontainerReading, readDevcontainer } from '../../semantics/devcontainer/container.ts';
import { containerSandbox } from '../../semantics/docker/sandbox.ts';
import type { Source } from '../../source/source.ts';
import { readJsonc } from '../../syntax/jsonc.ts';
import type { Claim, Diagnostic, Frontend, FrontendResult } from '../frontend.ts';

/** The places where tools look (https://containers.dev/implementors/spec/#devcontainerjson). */
const USUAL = /(?:^|\/)(?:\.devcontainer(?:\/[^/]+)?\/devcontainer\.json|\.devcontainer\.json)$/;

function claims(path: string): Claim {
  if (USUAL.test(path)) return 'yes';
  return /(?:^|\/)(?:[^/]*[.-])?devcontainer\.jsonc?$/.test(path) ? 'maybe' : 'no';
}

/** Properties of which no other format has two; a Feature's description has an id and a version instead. */
const PROPERTIES =
  /"(?:dockerComposeFile|dockerFile|runArgs|remoteUser|containerEnv|remoteEnv|postCreateCommand|postStartCommand|workspaceMount|workspaceFolder|customizations|forwardPorts|features|image|build|onCreateCommand|initializeCommand)"\s*:/g;
const SHAPE = /"(?:image|build|dockerFile|dockerComposeFile)"\s*:/;
/** Enough of a file to tell what it is. */
const HEAD = 50_000;

function recognises(text: string): boolean {
  const head = text.slice(0, HEAD);
  if (!/^[\uFEFF\s]*(?:\/\/|\/\*|\{)/.test(head) || !SHAPE.test(head)) return false;
  return new Set([...head.matchAll(PROPERTIES)].map(([key]) => key)).size >= 2;
}

const NOT_OURS: FrontendResult = { sandboxes: [], diagnostics: [], ours: false, absorbs: [], consulted: [] };

function audit(source: Source, project: Project): FrontendResult {
  const { documents, problems } = readJsonc(source);
  const [root] = documents;
  if (root?.kind !== 'mapping') return nothingRead(source, problems);
  const reading = readDevcontainer(source, root, project);
  const name = reading.name;
  const sandbox = containerSandbox(reading.spec, {
    id: `${source.path}#${name}`,
    name,
    format: 'devcontainer',
    role: { kind: 'sandbox', reason: 'it is a devcontainer' },
    place: reading.anchor,
    editor: reading.editor,
  });
  return {
    sandboxes: [sandbox],
    diagnostics: [...problems, ...ofOwnFile(reading, source)],
    ours: true,
    absorbs: reading.absorbs,
    consulted: reading.consulted,
  };
}

/** A file that no object can be read from: broken, empty, or something else. */
function nothingRead(source: Source, problems: readonly Diagnostic[]): FrontendResult {
  if (claims(source.path) !== 'yes') return { ...NOT_OURS, diagnostics: problems };
  const empty: Diagnostic = { message: 'no object stands in the file', place: null, severity: 'error' };
  const diagnostics = problems.length > 0 ? problems : [empty];
  return { ...NOT_OURS, diagnostics, ours: true, failed: true };
}

/** Problems of other files are theirs: there they are notes, since this file was read all the same. */
function ofOwnFile({ problems }: DevcontainerReading, source: Source): Diagnostic[] {
  return problems.map((problem) => {
    const elsewhere = problem.place !== null && problem.place.source.path !== source.path;
    return elsewhere && problem.severity === 'error' ? { ...problem, severity: 'note' } : problem;
  });
}

export const devcontainerFrontend: Frontend = { id: 'devcontainer', claims, recognises, audit };
