/** Paths inside a container, as the engines clean them before they mount (Go's path.Clean). */

/** `/a//b/../c/` is `/a/c`; what is no absolute path stays as it is. */
export function cleanTarget(target: string): string {
  if (!target.startsWith('/')) return target;
  const parts: string[] = [];
  for (const part of target.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
