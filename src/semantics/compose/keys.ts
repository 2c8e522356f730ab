/** The keys of a service (compose-spec 05-services.md, build.md, deploy.md, develop.md). */

import { entriesOf, keyPlace, type Node, type SyntaxProblem } from '../../syntax/node.ts';
import { isReset } from './merge.ts';

const SERVICE_KEYS: ReadonlySet<string> = new Set(
  (
    'annotations attach blkio_config build cap_add cap_drop cgroup cgroup_parent command configs container_name ' +
    'cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpus cpuset ' +
    'credential_spec depends_on deploy develop device_cgroup_rules devices dns dns_opt dns_search domainname ' +
    'driver_opts entrypoint env_file environment expose extends external_links extra_hosts gpus group_add ' +
    'healthcheck hostname image init ipc isolation label_file labels links logging mac_address mem_limit ' +
    'mem_reservation mem_swappiness memswap_limit models network_mode networks oom_kill_disable oom_score_adj ' +
    'pid pids_limit platform ports post_start pre_start pre_stop privileged profiles provider pull_policy ' +
    'pull_refresh_after read_only restart runtime scale secrets security_opt shm_size stdin_open ' +
    'stop_grace_period stop_signal storage_opt sysctls tmpfs tty ulimits use_api_socket user userns_mode uts ' +
    'volume_driver volumes volumes_from working_dir'
  ).split(' '),
);

/** Parts of words by which a key looks like a control: passed over, it would look as if it were obeyed. */
const CONTROL = /priv|cap|sec|sandbox|isol|user|mount|device|namespace|net|limit|allow|deny|apparmor/i;

export function isServiceKey(key: string): boolean {
  return SERVICE_KEYS.has(key);
}

/** Notes for keys that look like a control and are none that Compose knows. */
export function unrecognisedKeys(service: Node, name: string): SyntaxProblem[] {
  return entriesOf(service)
    .filter(({ key, value }) => !SERVICE_KEYS.has(key) && !key.startsWith('x-') && !isReset(value))
    .filter(({ key }) => CONTROL.test(key))
    .map((entry) => ({
      severity: 'note',
      message: `unrecognised key "${entry.key}" of the service ${name}: Compose knows no such setting`,
      place: keyPlace(entry),
    }));
}
