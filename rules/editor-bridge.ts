import { defineRule } from '../src/model/rule.ts';
import { surely } from '../src/model/value.ts';

/** The editor that attaches to it hands in what the definition does not mention. */
export default defineRule({
  id: 'editor-bridge',
  title: 'Editor forwards its credentials',
  summary: 'VS Code brings the SSH agent, git credentials and a way to open files on the host along.',
  axis: 'credentials',
  severity: 'info',
  gives: [],
  references: {
    attack: ['T1563.001', 'T1552'],
    cwe: [668],
    links: ['https://code.visualstudio.com/remote/advancedcontainers/sharing-git-credentials'],
  },
  check(sandbox, report) {
    const { editor } = sandbox;
    if (editor === null || !surely(editor, (attached) => attached)) return;
    report({
      at: editor.origin,
      evidence: 'VS Code forwards the SSH agent, git credentials and its own sockets into every devcontainer',
      consequence:
        'While the editor is attached, code inside can use your SSH keys and stored git passwords.',
      remedy:
        'Start the container with the `devcontainer` command instead, or switch the forwarding off in the settings of the editor.',
      severity: 'info',
      assumes: ['VS Code opens it'],
      subject: 'editor',
    });
  },
});
