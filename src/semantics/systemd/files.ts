/** Which of the host's files a service sees (systemd.exec(5), SANDBOXING and PATHS). */
import { HOME_SYMBOL, WORKSPACE_SYMBOL } from '../../model/symbolic.ts';
import { byDefault, type Origin } from '../../model/value.ts';
import { hidden, hostTree, type Layer, type Protection } from '../process/host-view.ts';
import { settledText } from '../process/script-path.ts';
import { active, isYes, type ListItem, listOf, type ServiceSettings } from './settings.ts';

/** What is hidden stays so, and binds come last. */
export function serviceLayers(settings: ServiceSettings): readonly Layer[] {
  const root = active(settings, 'RootDirectory');
  const whole = hostTree('the service', byDefault(settings.place, 'a service sees all files of the host'));
  const base: Layer =
    root?.value === undefined || root.value === null
      ? whole
      : { ...whole, source: pathOf(root.value), text: root.text, origin: root.origin };
  return [base, ...hiddenLayers(settings), ...bindLayers(settings)];
}

/** Of several that name a part of the same tree, the more specific one counts. */
export function serviceProtections(settings: ServiceSettings): readonly Protection[] {
  return [...systemTrees(settings), ...homeReadOnly(settings), ...pathTrees(settings)].sort(byDepth);
}

function tree(path: string, writable: boolean, from: Omit<Protection, 'path' | 'writable'>): Protection {
  return { path, writable, text: from.text, origin: from.origin, when: from.when };
}

/** `yes`: programs; `full`: /etc too; `strict`: all but the kernel's own file systems. */
function systemTrees(settings: ServiceSettings): readonly Protection[] {
  const dynamic = dynamicUser(settings);
  const own = active(settings, 'ProtectSystem');
  const value = dynamic === null ? (own?.value ?? '') : 'strict';
  const origin = dynamic?.origin ?? own?.origin;
  if (origin === undefined || value === '') return [];
  const from = { text: dynamic?.text ?? own?.text ?? '', origin, when: [] };
  if (value === 'strict') {
    return ['/', '/dev', '/proc', '/sys'].map((path) => tree(path, path !== '/', from));
  }
  const paths = ['/usr', '/boot', '/efi', ...(value === 'full' ? ['/etc'] : [])];
  return value === 'full' || isYes(value) ? paths.map((path) => tree(path, false, from)) : [];
}

/** It implies a read-only system, read-only homes and a temporary directory of its own. */
export function dynamicUser(settings: ServiceSettings): { text: string; origin: Origin } | null {
  const found = active(settings, 'DynamicUser');
  return found === null || !isYes(found.value) ? null : found;
}

const HOMES: readonly string[] = ['/home', '/run/user'];

function homeReadOnly(settings: ServiceSettings): readonly Protection[] {
  const found = active(settings, 'ProtectHome') ?? null;
  const from = found?.value === 'read-only' ? found : found === null ? dynamicUser(settings) : null;
  if (from === null) return [];
  return HOMES.map((path) => tree(path, false, { text: from.text, origin: from.origin, when: [] }));
}

function pathTrees(settings: ServiceSettings): readonly Protection[] {
  const trees = (name: string, writable: boolean): Protection[] =>
    listOf(settings, name).map((item) => tree(itemPath(item), writable, item));
  return [...trees('ReadOnlyPaths', false), ...trees('ReadWritePaths', true)];
}

function hiddenLayers(settings: ServiceSettings): readonly Layer[] {
  const found: Layer[] = [];
  const home = active(settings, 'ProtectHome');
  if (home !== null && (isYes(home.value) || home.value === 'tmpfs')) {
    found.push(...[...HOMES, HOME_SYMBOL].map((path) => hidden(path, home.text, home.origin)));
  }
  const dynamic = dynamicUser(settings);
  const temporary = active(settings, 'PrivateTmp') ?? dynamic;
  if (temporary !== null) {
    found.push(...['/tmp', '/var/tmp'].map((path) => hidden(path, temporary.text, temporary.origin)));
  }
  const devices = active(settings, 'PrivateDevices');
  if (devices !== null) found.push(hidden('/dev', devices.text, devices.origin));
  for (const item of [...listOf(settings, 'InaccessiblePaths'), ...listOf(settings, 'TemporaryFileSystem')]) {
    found.push(
      hidden(itemPath({ ...item, value: item.value.split(':')[0] ?? '' }), item.text, item.origin, item.when),
    );
  }
  const invisible = active(settings, 'ProtectProc') ?? active(settings, 'PrivatePIDs');
  if (invisible !== null && invisible.value !== 'default') {
    found.push(hidden('/proc', invisible.text, invisible.origin));
  }
  return found;
}

/** `SOURCE:DESTINATION:OPTIONS`. */
function bindLayers(settings: ServiceSettings): readonly Layer[] {
  const layers = (name: string, writable: boolean): Layer[] =>
    listOf(settings, name).map((item): Layer => {
      const [source = '', target = source] = itemPath(item).split(':');
      return {
        target: pathOf(target),
        source,
        writable,
        text: item.text,
        origin: item.origin,
        when: item.when,
      };
    });
  return [...layers('BindReadOnlyPaths', false), ...layers('BindPaths', true)];
}

/** `-` passes over what is missing, `+` starts at the service's own root. */
function itemPath({ value }: Pick<ListItem, 'value'>): string {
  return pathOf(value.replace(/^[-+]{1,2}/, ''));
}

/** systemd.unit(5), SPECIFIERS. */
export function pathOf(text: string): string {
  return text.replaceAll('%h', HOME_SYMBOL).replaceAll('%t', '/run/user/1000').replaceAll('%U', '1000');
}

function depthOf({ path }: Protection): number {
  const text = settledText(path);
  const parts = text.split('/').filter((part) => part !== '').length;
  // A home lies two directories deep, a project below it.
  return parts + (text.startsWith(HOME_SYMBOL) ? 1 : 0) + (text.startsWith(WORKSPACE_SYMBOL) ? 2 : 0);
}

function byDepth(a: Protection, b: Protection): number {
  return depthOf(a) - depthOf(b);
}
