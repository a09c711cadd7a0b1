import { cpus, loadavg, totalmem } from 'node:os';

/** Machine and moment of a run; times mean little without them. */
export interface Machine {
  readonly processor: string;
  readonly node: string;
  readonly date: string;
  readonly load: string;
}

/** The machine this process runs on, now. */
export function describeMachine(): Machine {
  const list = cpus();
  return {
    processor: `${list.length} × ${list[0]?.model.trim() ?? 'unknown'}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB`,
    node: `Node ${process.versions.node}, ${process.platform} ${process.arch}`,
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    load: loadavg()
      .map((one) => one.toFixed(1))
      .join(' '),
  };
}
