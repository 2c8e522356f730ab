// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of Dockerfiles, not of this file.
/** Which file of the project an image holds at a path, whose it is, and what it starts. */
import { describe, expect, it } from 'vitest';
import { displayText } from '../../../src/model/symbolic.ts';
import { imageFromDockerfile } from '../../../src/semantics/docker/dockerfile.ts';
import { imageFile, imageFileOwner } from '../../../src/semantics/docker/image-files.ts';
import type { ImageLayout } from '../../../src/semantics/docker/image-layout.ts';
import { startOf } from '../../../src/semantics/firewall/container-start.ts';
import { originalPlace } from '../../../src/source/mapped.ts';
import { createSource, positionAt } from '../../../src/source/source.ts';
import { memoryProject } from '../../support/memory-project.ts';

const FILES = {
  'ctx/fw.sh': 'context fw',
  'ctx/bin/fw.sh': 'bin fw',
  'ctx/bin/deep/x.sh': 'deep x',
  'ctx/other.txt': 'other',
  'fw.sh': 'outside fw',
};

function layoutOf(dockerfile: string, target: string | null = null): ImageLayout {
  const source = createSource('ctx/Dockerfile', dockerfile);
  return imageFromDockerfile(source, { target, args: new Map() }).layout;
}

/** The text of the file, `?` and why where it cannot be had, `-` where there is none. */
function textAt(dockerfile: string, path = '/usr/local/bin/fw.sh', directory: string | null = 'ctx'): string {
  const found = imageFile(layoutOf(dockerfile), path, { directory, project: memoryProject(FILES) });
  if (found === null) return '-';
  return found.text === null ? `?${found.why}` : found.text.text.trimEnd();
}

describe('a file that an instruction copies', () => {
  it.each([
    ['COPY fw.sh /usr/local/bin/', 'context fw'],
    ['COPY fw.sh /usr/local/bin', 'context fw'],
    ['COPY fw.sh /usr/local/bin/fw.sh', 'context fw'],
    ['COPY ./fw.sh other.txt /usr/local/bin/', 'context fw'],
    ['COPY ["fw.sh", "/usr/local/bin/"]', 'context fw'],
    ['COPY --chmod=755 --chown=root:root fw.sh /usr/local/bin/', 'context fw'],
    ['ADD fw.sh /usr/local/bin/', 'context fw'],
    ['COPY bin /usr/local/bin', 'bin fw'],
    ['COPY bin/ /usr/local/bin/', 'bin fw'],
    ['COPY bin/*.sh /usr/local/bin/', 'bin fw'],
    ['COPY bin/f?.sh /usr/local/bin/', 'bin fw'],
    ['COPY . /usr/local/bin', 'context fw'],
    ['COPY other.txt /usr/local/bin/fw.sh', 'other'],
    ['WORKDIR /usr/local\nCOPY fw.sh bin/', 'context fw'],
    ['WORKDIR /usr\nWORKDIR local/bin\nCOPY fw.sh .', 'context fw'],
    ['ENV D=/usr/local\nCOPY fw.sh ${D}/bin/', 'context fw'],
    ['ARG D=/usr/local/bin\nCOPY fw.sh $D/', 'context fw'],
    ['ARG D\nCOPY fw.sh $D/', 'context fw'],
    ['COPY other.txt /usr/local/bin/fw.sh\nCOPY fw.sh /usr/local/bin/', 'context fw'],
    ['COPY fw.sh /usr/local/bin/\nCOPY bin/deep /usr/local/bin/', 'context fw'],
    ["COPY <<'EOF' /usr/local/bin/fw.sh\nfrom a document\nEOF", 'from a document'],
    ['COPY <<fw.sh /usr/local/bin/\nnamed\nfw.sh', 'named'],
    ['COPY missing.sh /usr/local/bin/fw.sh', '?there is no such file'],
    ['ADD https://example.com/fw.sh /usr/local/bin/', '?it is fetched when the image is built'],
    ['COPY --from=example/image /fw.sh /usr/local/bin/', '?it comes from the image example/image'],
    ['COPY fw.sh /opt/', '-'],
    ['COPY bin/*.txt /usr/local/bin/', '-'],
    ['ONBUILD COPY fw.sh /usr/local/bin/', '-'],
  ])('%s', (instructions, expected) => {
    expect(textAt(`FROM x\n${instructions}\n`)).toBe(expected);
  });

  it('lies in the build context, wherever that is', () => {
    const dockerfile = 'FROM x\nCOPY fw.sh /usr/local/bin/\n';
    expect(textAt(dockerfile, undefined, '')).toBe('outside fw');
    expect(textAt(dockerfile, undefined, null)).toBe('?the build context lies outside the project');
  });

  it.each([
    ['FROM a AS b\nCOPY fw.sh /s/\nFROM c\nCOPY --from=b /s/fw.sh /usr/local/bin/', 'context fw'],
    ['FROM a AS b\nCOPY fw.sh /s/\nFROM c\nCOPY --from=0 /s /usr/local/bin', 'context fw'],
    ['FROM a AS B\nWORKDIR /s\nCOPY fw.sh .\nFROM c\nCOPY --from=b s/fw.sh /usr/local/bin/', 'context fw'],
    ['FROM a AS b\nCOPY fw.sh /usr/local/bin/\nFROM b\nRUN true', 'context fw'],
    [
      'FROM a AS b\nRUN make\nFROM c\nCOPY --from=b /s/fw.sh /usr/local/bin/',
      '?the stage that makes it does not tell what is in it',
    ],
    ['FROM c AS b\nCOPY --from=b /s/fw.sh /usr/local/bin/', '?it comes from the image b'],
  ])('by way of another stage: %s', (dockerfile, expected) => {
    expect(textAt(dockerfile)).toBe(expected);
  });
});

describe('a file that a command of the build makes', () => {
  it.each([
    ["RUN cat > /usr/local/bin/fw.sh <<'EOF'\nwritten\nEOF", 'written'],
    ["RUN cat <<'EOF' > /usr/local/bin/fw.sh && chmod +x /usr/local/bin/fw.sh\nwritten\nEOF", 'written'],
    ['RUN tee /usr/local/bin/fw.sh <<EOF\nwritten\nEOF', 'written'],
    ["RUN <<EOF\ncat > /usr/local/bin/fw.sh <<'X'\nnested\nX\nEOF", 'nested'],
    ["RUN echo '#!/bin/sh' > /usr/local/bin/fw.sh && echo 'two' >> /usr/local/bin/fw.sh", '#!/bin/sh \ntwo'],
    ["RUN printf '%s\\n' 'one' 'two' > /usr/local/bin/fw.sh", 'one\ntwo'],
    ["RUN printf 'one\\ntwo\\n' > /usr/local/bin/fw.sh", 'one\ntwo'],
    ['RUN cd /usr/local/bin && echo here > fw.sh', 'here'],
    ['RUN echo one > /usr/local/bin/fw.sh\nRUN echo two >> /usr/local/bin/fw.sh', 'one \ntwo'],
    ['COPY fw.sh /tmp/x.sh\nRUN mv /tmp/x.sh /usr/local/bin/fw.sh', 'context fw'],
    ['COPY fw.sh /tmp/fw.sh\nRUN cp /tmp/fw.sh /usr/local/bin/', 'context fw'],
    ['COPY fw.sh /opt/run.sh\nRUN ln -s /opt/run.sh /usr/local/bin/fw.sh', 'context fw'],
    ['COPY fw.sh /tmp/\nRUN install -m 755 -o root /tmp/fw.sh /usr/local/bin/fw.sh', 'context fw'],
    [
      'RUN curl -fsSL https://example.com/x -o /usr/local/bin/fw.sh',
      '?it is fetched when the image is built',
    ],
    ['RUN wget -O /usr/local/bin/fw.sh https://example.com/x', '?it is fetched when the image is built'],
    ['RUN make-it > /usr/local/bin/fw.sh', '?a command of the build writes it'],
    ['RUN echo "$(date)" > /usr/local/bin/fw.sh', '?a command of the build writes it'],
    [
      'COPY fw.sh /usr/local/bin/\nRUN chmod +x /usr/local/bin/fw.sh && sed -i s/a/b/ /usr/local/bin/fw.sh',
      'context fw',
    ],
  ])('%s', (instructions, expected) => {
    expect(textAt(`FROM x\n${instructions}\n`)).toBe(expected);
  });

  it('is located where it is written', () => {
    const dockerfile = "FROM x\nRUN cat > /fw.sh <<'EOF'\n#!/bin/sh\nsecond\nEOF\n";
    const context = { directory: 'ctx', project: memoryProject(FILES) };
    const text = imageFile(layoutOf(dockerfile), '/fw.sh', context)?.text;
    if (text === null || text === undefined) throw new Error('no text');
    const at = text.text.indexOf('second');
    const place = originalPlace(text, at, at + 6);
    expect(positionAt(place.source, place.span.start)).toEqual({ line: 4, column: 1 });
  });
});

describe('who can change a file', () => {
  it.each([
    ['COPY fw.sh /opt/', 'root'],
    ['USER node\nCOPY fw.sh /opt/', 'root'],
    ['COPY --chown=node:node fw.sh /opt/', 'node'],
    ['COPY --chown=node . /opt', 'node'],
    ['COPY --chown=0:0 fw.sh /opt/', 'root'],
    ['COPY --chmod=777 fw.sh /opt/', 'anyone'],
    ['COPY --chmod=755 fw.sh /opt/', 'root'],
    ['COPY fw.sh /opt/\nRUN chown node:node /opt/fw.sh', 'node'],
    ['COPY fw.sh /opt/\nRUN chown -R node /opt', 'node'],
    ['COPY fw.sh /opt/\nRUN chown -R node /srv', 'root'],
    ['COPY --chown=node fw.sh /opt/\nRUN chown -R root:root /opt', 'root'],
    ['COPY fw.sh /opt/\nRUN chmod a+w /opt/fw.sh', 'anyone'],
    ['COPY fw.sh /opt/\nRUN chmod +x /opt/fw.sh', 'root'],
    ['COPY fw.sh /opt/\nRUN chmod -R 0777 /opt', 'anyone'],
    ['USER node\nRUN echo x > /opt/fw.sh', 'node'],
    ['RUN echo x > /opt/fw.sh', 'root'],
    ['RUN chown -R node /opt\nCOPY fw.sh /opt/', 'root'],
  ])('%s', (instructions, expected) => {
    const found = imageFileOwner(layoutOf(`FROM x\n${instructions}\n`), '/opt/fw.sh');
    expect(found === null ? 'root' : (found.user ?? 'anyone')).toBe(expected);
  });
});

describe('what an image starts', () => {
  const line = (layout: ImageLayout): string | null => {
    const text = startOf(layout.start, {})?.text ?? null;
    return text === null ? null : displayText(text.text).replace(/'([\w./-]+)'/g, '$1');
  };

  it.each([
    ['ENTRYPOINT ["/e.sh", "-x"]\nCMD ["claude"]', '/e.sh -x claude'],
    ['ENTRYPOINT ["/e.sh"]\nCMD claude --y', "/e.sh /bin/sh -c 'claude --y'"],
    ['ENTRYPOINT /e.sh a\nCMD ["claude"]', '/e.sh a'],
    ['CMD ["claude"]', 'claude'],
    ['CMD a && b', 'a && b'],
    ['CMD ["a"]\nENTRYPOINT ["/e.sh"]', '/e.sh a'],
    ['CMD ["a"]\nCMD ["b"]', 'b'],
    ['ENTRYPOINT ["/e.sh"]\nENTRYPOINT []\nCMD ["a"]', 'a'],
    ['RUN true', null],
    ['HEALTHCHECK CMD curl x', null],
    ['CMD ["a"]\nFROM y\nCMD ["b"]', 'b'],
  ])('%s', (instructions, expected) => {
    expect(line(layoutOf(`FROM x\n${instructions}\n`))).toBe(expected);
  });

  it('by the stage that is built, and those below it', () => {
    const stages =
      'FROM a AS base\nCMD ["base"]\nFROM base AS dev\nENTRYPOINT ["/dev.sh"]\nFROM base AS prod\nRUN true\n';
    expect(line(layoutOf(stages, 'prod'))).toBe('base');
    // An entrypoint takes away the command that stands below it.
    expect(line(layoutOf(stages, 'dev'))).toBe('/dev.sh');
  });
});

describe('hostile Dockerfiles', () => {
  const chain = (length: number, link: (at: number) => string): string =>
    `${Array.from({ length }, (_, at) => link(at)).join('\n')}\n`;

  it.each([
    ['stages that copy from one another', chain(60, (at) => `FROM x AS s${at}\nCOPY --from=s${at - 1} / /`)],
    [
      'files made from one another',
      `FROM x\n${chain(400, (at) => `RUN cp /f${at} /f${at + 1} && mv /f${at + 1} /usr/local/bin/fw.sh`)}`,
    ],
    ['many globs', `FROM x\nCOPY ${'*'.repeat(2000)}a${'*?'.repeat(2000)} /usr/local/bin/\n`],
    ['unknown parts', `FROM x\nCOPY a ${'$A/'.repeat(3000)}b\n`],
    ['long lines', `FROM x\nRUN echo fw.sh ${'a > b && '.repeat(20_000)} true\n`],
  ])('%s', (_, dockerfile) => {
    expect(() => textAt(dockerfile)).not.toThrow();
    expect(() => imageFileOwner(layoutOf(dockerfile), '/usr/local/bin/fw.sh')).not.toThrow();
  });
});
