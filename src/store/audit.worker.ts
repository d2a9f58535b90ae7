import type { SystemError } from "../model/errors.ts";
import { auditAll } from "./audit-all.ts";
import type { AuditAnswer, AuditProblem, AuditWork } from "./audit-work.ts";

/** A further thread of a long verification: reads and hashes its share of the objects. */
declare const self: Worker;

self.onmessage = ({ data }: MessageEvent<AuditWork>): void => {
  self.postMessage(audit(data));
};

function audit(work: AuditWork): AuditAnswer {
  const problems: AuditProblem[] = [];
  try {
    for (const _ of auditAll(work, problems));
    return { kind: "audited", problems };
  } catch (error) {
    const { code, action, syscall, path } = error as Partial<SystemError> & { syscall?: string };
    const message = error instanceof Error ? error.message : String(error);
    if (code === undefined) return { kind: "failed", message };
    const system = { code, action: action ?? syscall ?? "read", path: path ?? "" };
    return { kind: "failed", message, system };
  }
}
