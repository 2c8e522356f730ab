/** What guards against endless work: processor time, which other work on the machine does not lengthen. */

/** What the call gives, and the milliseconds of this process that it took. */
export function withProcessorTime<T>(run: () => T): readonly [result: T, milliseconds: number] {
  const before = process.cpuUsage();
  const result = run();
  const { user, system } = process.cpuUsage(before);
  return [result, (user + system) / 1000];
}
