/** What coding agents record beside their settings: transcripts, histories, caches. Nothing runs or obeys them. */
import type { AssetPath } from '../asset.ts';

export const AGENT_TRANSCRIPTS: readonly AssetPath[] = [
  '~/.claude/projects/',
  '~/.claude/history.jsonl',
  '~/.claude/todos/',
  '~/.claude/file-history/',
  '~/.codex/sessions/',
  '~/.codex/history.jsonl',
  '~/.gemini/tmp/',
  '~/.gemini/history/',
];

export const AGENT_RECORDS: readonly AssetPath[] = [
  ...AGENT_TRANSCRIPTS,
  '~/.claude/statsig',
  '~/.claude/cache',
  '~/.claude/debug',
  '~/.claude/ide',
  '~/.claude/.credentials.json',
  '~/.codex/log',
  '~/.codex/auth.json',
  '~/.gemini/oauth_creds.json',
];
