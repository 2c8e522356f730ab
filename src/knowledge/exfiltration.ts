/**
 * Hosts to which anyone can upload: an allow-list that admits one lets data out to whoever owns an account
 * there. MITRE ATT&CK T1567: https://attack.mitre.org/techniques/T1567/
 */
import { words } from './word-set.ts';

export interface ExfiltrationRow {
  /** Host; `*.` before it stands for any name below, and the host itself does not count. */
  readonly hosts: readonly string[];
  readonly title: string;
  /** How data gets out, as a clause that follows "code inside can". */
  readonly how: string;
  /** `anonymous`: without an account. `account`: with an account or token that the code brings along. */
  readonly needs: 'anonymous' | 'account';
  readonly reason: string;
  readonly reference: string;
}

const row = (
  title: string,
  hosts: readonly string[],
  how: string,
  reference: string,
  needs: ExfiltrationRow['needs'] = 'account',
): ExfiltrationRow => ({
  hosts,
  title,
  how,
  needs,
  reason: `${title} keeps data of many owners under one name, and who may read it the sender decides.`,
  reference,
});

export const EXFILTRATION_HOSTS: readonly ExfiltrationRow[] = [
  row(
    'GitHub',
    [
      'github.com',
      'api.github.com',
      'gist.github.com',
      'uploads.github.com',
      'ssh.github.com',
      '*.github.com',
    ],
    'push to a repository, write a gist or an issue',
    'https://attack.mitre.org/techniques/T1567/001/',
  ),
  row(
    'GitHub Pages and raw files',
    ['*.github.io'],
    'send data in addresses to pages whose owner reads the statistics',
    'https://docs.github.com/en/pages',
  ),
  row(
    'GitLab',
    ['gitlab.com', '*.gitlab.com', '*.gitlab.io'],
    'push to a repository or write a snippet',
    'https://attack.mitre.org/techniques/T1567/001/',
  ),
  row(
    'Bitbucket',
    ['bitbucket.org', 'api.bitbucket.org', '*.bitbucket.io'],
    'push to a repository',
    'https://attack.mitre.org/techniques/T1567/001/',
  ),
  row(
    'other code hosts',
    ['codeberg.org', 'git.sr.ht', 'sourceforge.net', 'gitee.com', 'dev.azure.com', '*.visualstudio.com'],
    'push to a repository',
    'https://attack.mitre.org/techniques/T1567/001/',
  ),
  row(
    'the npm registry',
    ['registry.npmjs.org', 'npmjs.org', '*.npmjs.org', 'registry.npmjs.com', 'registry.yarnpkg.com'],
    'publish a package',
    'https://docs.npmjs.com/cli/commands/npm-publish',
  ),
  row(
    'PyPI',
    ['upload.pypi.org', 'test.pypi.org', 'pypi.org', '*.pypi.org'],
    'publish a package',
    'https://docs.pypi.org/api/upload/',
  ),
  row(
    'crates.io',
    ['crates.io', '*.crates.io'],
    'publish a crate',
    'https://doc.rust-lang.org/cargo/reference/publishing.html',
  ),
  row(
    'RubyGems',
    ['rubygems.org', '*.rubygems.org'],
    'publish a gem',
    'https://guides.rubygems.org/publishing/',
  ),
  row(
    'NuGet and Packagist',
    ['nuget.org', '*.nuget.org', 'packagist.org', '*.packagist.org'],
    'publish a package',
    'https://learn.microsoft.com/en-us/nuget/nuget-org/publish-a-package',
  ),
  row(
    'Docker Hub',
    ['docker.io', 'hub.docker.com', 'registry-1.docker.io', 'index.docker.io', '*.docker.io', '*.docker.com'],
    'push an image',
    'https://docs.docker.com/docker-hub/',
  ),
  row(
    'other image registries',
    words(`
      ghcr.io *.ghcr.io quay.io *.quay.io public.ecr.aws gcr.io *.gcr.io *.pkg.dev *.azurecr.io
    `),
    'push an image',
    'https://docs.github.com/en/packages/working-with-a-github-packages-registry/working-with-the-container-registry',
  ),
  row(
    'Azure storage',
    ['*.blob.core.windows.net', '*.core.windows.net', '*.windows.net'],
    'upload to a container of any account',
    'https://attack.mitre.org/techniques/T1567/002/',
  ),
  row(
    'Azure hosting',
    ['*.azurewebsites.net', '*.azureedge.net', '*.azurefd.net', '*.cloudapp.azure.com', '*.azure.com'],
    'send to a site that anyone can open',
    'https://attack.mitre.org/techniques/T1567/',
  ),
  row(
    'Amazon S3',
    ['*.s3.amazonaws.com', 's3.amazonaws.com', '*.amazonaws.com'],
    'upload to any bucket',
    'https://attack.mitre.org/techniques/T1567/002/',
  ),
  row(
    'Amazon CloudFront',
    ['*.cloudfront.net'],
    'send to a site that anyone can open',
    'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/',
  ),
  row(
    'Google storage',
    ['storage.googleapis.com', '*.storage.googleapis.com', '*.googleapis.com', 'googleapis.com'],
    'upload to any bucket',
    'https://attack.mitre.org/techniques/T1567/002/',
  ),
  row(
    'Google documents and hosting',
    words(`
      drive.google.com docs.google.com script.google.com *.google.com *.appspot.com *.run.app *.web.app
      *.firebaseio.com *.cloudfunctions.net *.firebaseapp.com
    `),
    'write into a form, a document or a site of anyone',
    'https://attack.mitre.org/techniques/T1567/002/',
  ),
  row(
    'Cloudflare hosting',
    words(`
      *.workers.dev *.pages.dev *.r2.dev *.r2.cloudflarestorage.com *.trycloudflare.com
      api.cloudflare.com *.cloudflare.com
    `),
    'send to a program that anyone can deploy',
    'https://developers.cloudflare.com/workers/',
  ),
  row(
    'application hosts',
    words(`
      *.vercel.app *.netlify.app *.herokuapp.com *.fly.dev *.onrender.com *.railway.app *.surge.sh
      *.repl.co *.replit.dev *.glitch.me *.supabase.co *.deno.dev
    `),
    'send to a program that anyone can deploy',
    'https://attack.mitre.org/techniques/T1567/',
  ),
  row(
    'tunnels',
    words(`
      *.ngrok.io *.ngrok.app *.ngrok-free.app *.loca.lt *.serveo.net *.ts.net *.devtunnels.ms
      *.tunnels.api.visualstudio.com
    `),
    'send to a machine of anyone',
    'https://attack.mitre.org/techniques/T1572/',
  ),
  row(
    'Sentry',
    ['sentry.io', '*.sentry.io', '*.ingest.sentry.io', '*.ingest.us.sentry.io'],
    'send error reports to a project of anyone',
    'https://docs.sentry.io/concepts/key-terms/dsn-explainer/',
  ),
  row(
    'analytics',
    words(`
      statsig.com *.statsig.com *.statsigapi.net api.segment.io *.mixpanel.com *.posthog.com
      *.google-analytics.com www.google-analytics.com *.datadoghq.com *.amplitude.com
    `),
    'send events to a project of anyone',
    'https://attack.mitre.org/techniques/T1567/',
  ),
  row(
    'paste services',
    words(`
      pastebin.com paste.rs dpaste.com dpaste.org hastebin.com ix.io termbin.com paste.ee rentry.co
      ghostbin.com controlc.com
    `),
    'paste text',
    'https://attack.mitre.org/techniques/T1567/003/',
    'anonymous',
  ),
  row(
    'file drops',
    words(`
      transfer.sh file.io 0x0.st catbox.moe *.catbox.moe temp.sh bashupload.com gofile.io *.gofile.io
      anonfiles.com wetransfer.com mega.nz oshi.at filebin.net tmpfiles.org uguu.se send.vis.ee
    `),
    'upload files',
    'https://attack.mitre.org/techniques/T1567/002/',
    'anonymous',
  ),
  row(
    'request catchers',
    words(`
      webhook.site requestbin.com *.requestbin.com *.pipedream.net *.oast.fun *.oast.pro *.interact.sh
      *.burpcollaborator.net *.oastify.com httpbin.org requestcatcher.com *.requestcatcher.com
      *.beeceptor.com ntfy.sh hookb.in
    `),
    'send a request that its owner reads',
    'https://attack.mitre.org/techniques/T1567/004/',
    'anonymous',
  ),
  row(
    'file storage',
    words(`
      dropbox.com *.dropboxapi.com *.dropbox.com onedrive.live.com *.box.com graph.microsoft.com
      *.sharepoint.com
    `),
    'upload files',
    'https://attack.mitre.org/techniques/T1567/002/',
  ),
  row(
    'chat services',
    words(`
      discord.com *.discord.com discordapp.com slack.com *.slack.com hooks.slack.com api.telegram.org
      *.telegram.org t.me *.webhook.office.com api.twilio.com
    `),
    'write messages by webhook or bot',
    'https://attack.mitre.org/techniques/T1567/004/',
  ),
  row(
    'Hugging Face',
    ['huggingface.co', '*.huggingface.co', 'hf.co', '*.hf.co', '*.hf.space'],
    'push a data set or model',
    'https://huggingface.co/docs/hub/repositories-getting-started',
  ),
  row(
    'data science services',
    ['api.wandb.ai', '*.wandb.ai', 'kaggle.com', '*.kaggle.com', '*.databricks.com'],
    'upload a run or data set',
    'https://docs.wandb.ai/',
  ),
  row(
    'model providers',
    words(`
      api.openai.com *.openai.com api.anthropic.com *.anthropic.com openrouter.ai
      generativelanguage.googleapis.com api.groq.com api.mistral.ai api.x.ai api.deepseek.com
    `),
    'upload files or prompts to an account whose key it brings along',
    'https://docs.anthropic.com/en/docs/build-with-claude/files',
  ),
  row(
    'notes and sheets',
    words(`
      notion.so api.notion.com *.notion.so airtable.com api.airtable.com trello.com api.trello.com
      *.atlassian.net api.linear.app
    `),
    'write notes',
    'https://attack.mitre.org/techniques/T1567/',
  ),
  row(
    'editor marketplaces',
    ['marketplace.visualstudio.com', '*.gallery.vsassets.io', '*.vscode-cdn.net', 'open-vsx.org'],
    'publish an extension',
    'https://code.visualstudio.com/api/working-with-extensions/publishing-extension',
  ),
  row(
    'shared content networks',
    ['*.fastly.net', '*.akamaihd.net', '*.akamaized.net', '*.jsdelivr.net', '*.cdn77.org', '*.b-cdn.net'],
    'reach another site behind the same addresses',
    'https://attack.mitre.org/techniques/T1090/004/',
  ),
];

const EXACT = new Map(
  EXFILTRATION_HOSTS.flatMap((entry) => entry.hosts.map((host) => [host, entry] as const)),
);
const LONGEST_HOST = 300;

/**
 * The row of a host of an allow-list, wildcards of the list included (`*.amazonaws.com`, `.github.com`).
 * @returns null where it is not known that others can upload there
 */
export function exfiltrationRow(host: string): ExfiltrationRow | null {
  const bare = host
    .slice(0, LONGEST_HOST)
    .trim()
    .toLowerCase()
    .replace(/^[a-z][a-z0-9+]{0,10}:\/\//, '')
    .replace(/[:/].*$/, '')
    .replace(/\.$/, '');
  if (bare === '') return null;
  const name = bare.startsWith('.') ? `*${bare}` : bare;
  const exact = EXACT.get(name);
  if (exact !== undefined) return exact;
  return name.startsWith('*.') ? rowBelow(name.slice(2)) : rowAbove(name);
}

/** A host falls under the wildcard of a domain above it. */
function rowAbove(name: string): ExfiltrationRow | null {
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
    const entry = EXACT.get(`*${name.slice(dot)}`);
    if (entry !== undefined) return entry;
  }
  return null;
}

/** A wildcard of the list admits every host of the table below it, and is below what that one is below. */
function rowBelow(domain: string): ExfiltrationRow | null {
  const suffix = `.${domain}`;
  for (const [host, entry] of EXACT) if (host === domain || host.endsWith(suffix)) return entry;
  return rowAbove(domain);
}
