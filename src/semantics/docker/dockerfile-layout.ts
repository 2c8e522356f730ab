/** The layout of a stage: what its instructions, and those of the stages below it, do in order. */
import { explicit } from '../../model/value.ts';
import type { DockerfileDocument, DockerfileStage } from '../../syntax/dockerfile.ts';
import {
  type DockerfileOptions,
  globalScope,
  type Scope,
  setVariables,
  stageChain,
} from './dockerfile-stages.ts';
import { addToLayout, type CopySource, type ImageLayout, layoutDraft, layoutOf } from './image-layout.ts';

/** @param chain the stages that the image is built of, the first one first */
export function layoutFor(
  document: DockerfileDocument,
  chain: readonly DockerfileStage[],
  options: DockerfileOptions,
): ImageLayout {
  const globals = globalScope(document, options);
  const scope: Scope = new Map();
  const draft = layoutDraft();
  for (const stage of chain) {
    draft.hasCommand = false;
    const from = (name: string): CopySource => sourceNamed(name, stage, document, options);
    for (const instruction of stage.instructions) {
      setVariables(instruction, { scope, globals, options });
      const origin = explicit({ source: document.source, span: instruction.span });
      addToLayout(draft, instruction, { source: document.source, scope, origin, stage: from });
    }
  }
  return layoutOf(draft);
}

/** `--from` names an earlier stage, by name or number, or else another image or context. */
function sourceNamed(
  name: string,
  stage: DockerfileStage,
  document: DockerfileDocument,
  options: DockerfileOptions,
): CopySource {
  const earlier = document.stages.slice(0, document.stages.indexOf(stage));
  const found =
    earlier.findLast((one) => one.name?.toLowerCase() === name.toLowerCase()) ??
    (/^\d+$/.test(name) ? earlier[Number(name)] : undefined);
  if (found === undefined) return { kind: 'elsewhere', why: `it comes from the image ${name}` };
  let layout: ImageLayout | null = null;
  return {
    kind: 'stage',
    layout: () => {
      layout ??= layoutFor(document, stageChain(document, options, found), options);
      return layout;
    },
  };
}
