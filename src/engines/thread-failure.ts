import { type ErrorCode, JvsError, SystemError } from "../model/errors.ts";

/** An error on its way to another thread: errors lose their class there. */
export interface ThreadFailure {
  readonly kind: "failed";
  readonly message: string;
  /** Of a foreseen failure. */
  readonly code?: ErrorCode;
  readonly hint?: string;
  /** Of a system call. */
  readonly system?: { readonly code: string; readonly action: string; readonly path: string };
}

export function describeFailure(error: unknown): ThreadFailure {
  if (!(error instanceof Error)) return { kind: "failed", message: String(error) };
  const { message } = error;
  if (error instanceof JvsError) {
    const { code, hint } = error;
    return { kind: "failed", message, code, ...(hint === undefined ? {} : { hint }) };
  }
  const { code, action, syscall, path } = error as Partial<SystemError> & { syscall?: string };
  if (code === undefined) return { kind: "failed", message: error.stack ?? message };
  const system = { code, action: action ?? syscall ?? "use", path: path ?? "" };
  return { kind: "failed", message, system };
}

export function reviveFailure({ message, code, hint, system }: ThreadFailure): Error {
  if (code !== undefined)
    return new JvsError(message, { code, ...(hint === undefined ? {} : { hint }) });
  return system === undefined
    ? new Error(message)
    : new SystemError(system.code, system.action, system.path);
}
