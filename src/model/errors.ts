/** Every failure a user can meet: the exit status it ends the process with, and what it means. */
export const ERROR_CODES = {
  E_USAGE: { exit: 2, about: "The command line does not make sense" },
  E_NAME_INVALID: { exit: 2, about: "A name, tag or id is not well-formed" },
  E_PATH_ESCAPE: { exit: 2, about: "A path leads out of the workspace" },
  E_NOT_FOUND: { exit: 1, about: "No snapshot, path or worktree has that name" },
  E_AMBIGUOUS: { exit: 1, about: "A name fits several snapshots" },
  E_EXISTS: { exit: 1, about: "What was to be made is already there" },
  E_DETACHED: { exit: 1, about: "The workspace stands on an older snapshot" },
  E_IN_USE: { exit: 1, about: "Somebody stands in the folder that is to go" },
  E_MAIN_WORKTREE: { exit: 1, about: "The main worktree can be neither removed nor renamed" },
  E_NOTHING_TO_UNDO: { exit: 1, about: "There is no operation to undo or redo" },
  E_UNSAFE_FOLDER: {
    exit: 1,
    about: "The folder is too much to take: /, the home folder, a mount",
  },
  E_NESTED_REPOSITORY: { exit: 1, about: "The folder lies inside another repository" },
  E_FORMAT_UNSUPPORTED: { exit: 1, about: "The repository has a format this program cannot read" },
  E_ENGINE_UNUSABLE: { exit: 1, about: "The engine asked for does not work on this file system" },
  E_FILE_CHANGING: { exit: 1, about: "A file kept changing while it was read" },
  E_GC_PLAN_MISMATCH: { exit: 1, about: "What gc was to remove is needed by now" },
  E_NO_SPACE: { exit: 1, about: "The disk is full" },
  E_QUOTA: { exit: 1, about: "A disk quota is used up" },
  E_PERMISSION: { exit: 1, about: "The system does not allow it" },
  E_READ_ONLY: { exit: 1, about: "The file system is read-only" },
  E_IO: { exit: 1, about: "The system could not do what was asked" },
  E_CONFIG: { exit: 1, about: "A control file cannot be understood" },
  E_PARTIAL: { exit: 3, about: "Some paths were done, others were not" },
  E_NO_REPOSITORY: { exit: 10, about: "No .jvs folder here or above" },
  E_LOCKED: { exit: 11, about: "Another process is at work in this repository" },
  E_DESCRIPTOR_CORRUPT: { exit: 12, about: "The record of a snapshot is damaged" },
  E_LINEAGE_BROKEN: { exit: 12, about: "Snapshots are each other's ancestors" },
  E_OBJECT_MISSING: { exit: 12, about: "Stored content is gone" },
  E_OBJECT_DAMAGED: { exit: 12, about: "Stored content does not match its name" },
  E_AUDIT_CHAIN_BROKEN: { exit: 12, about: "The operation log was altered" },
  E_BUG: { exit: 70, about: "A fault in jvs itself" },
  E_INTERRUPTED: { exit: 130, about: "Stopped by the user" },
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** Facts for programs; must survive JSON. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | readonly string[]>>;

export interface JvsErrorOptions {
  readonly code: ErrorCode;
  /** What the user can do about it: one sentence, or commands to run, one a line. */
  readonly hint?: string;
  readonly details?: ErrorDetails;
  readonly cause?: unknown;
}

/** A failure we foresaw. Whatever else is thrown is a bug in jvs. */
export class JvsError extends Error {
  override readonly name = "JvsError";
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: ErrorDetails;

  constructor(message: string, { code, hint, details = {}, cause }: JvsErrorOptions) {
    super(message, { cause });
    this.code = code;
    this.hint = hint;
    this.details = details;
  }
}

interface SystemErrorMeaning {
  readonly code: ErrorCode;
  readonly why: string;
  readonly hint?: string;
}

/** What the kernel's error names mean for a user. */
const SYSTEM_ERRORS: Readonly<Record<string, SystemErrorMeaning>> = {
  ENOSPC: {
    code: "E_NO_SPACE",
    why: "no space left on the disk",
    hint: "Free some space and run the command again; nothing was half-done",
  },
  EDQUOT: {
    code: "E_QUOTA",
    why: "the disk quota is used up",
    hint: "Free some space or raise the quota, and run the command again",
  },
  EACCES: {
    code: "E_PERMISSION",
    why: "permission denied",
    hint: "Check who owns it, and its permissions",
  },
  EPERM: {
    code: "E_PERMISSION",
    why: "operation not permitted",
    hint: "Check who owns it, and whether it is immutable",
  },
  EROFS: {
    code: "E_READ_ONLY",
    why: "the file system is read-only",
    hint: "Mount it writable, or work on a copy elsewhere",
  },
  ENOENT: { code: "E_IO", why: "it is not there (any more)" },
  EEXIST: { code: "E_IO", why: "something is already there" },
  EXDEV: { code: "E_IO", why: "it lies on another file system, or in another subvolume" },
  ENOTTY: { code: "E_IO", why: "this file system cannot do that" },
  ENOTEMPTY: { code: "E_IO", why: "the folder is not empty" },
  ENOTDIR: { code: "E_IO", why: "a part of the path is no folder" },
  EISDIR: { code: "E_IO", why: "it is a folder" },
  EIO: {
    code: "E_IO",
    why: "the disk reported a fault",
    hint: "Check the disk (dmesg) before you go on",
  },
  EMFILE: { code: "E_IO", why: "too many open files", hint: "Raise the limit with `ulimit -n`" },
  ENAMETOOLONG: { code: "E_IO", why: "the name is too long for this file system" },
  ELOOP: { code: "E_IO", why: "a symbolic link stands in the way" },
  EBUSY: { code: "E_IO", why: "it is in use, or something is mounted there" },
  ETXTBSY: { code: "E_IO", why: "it is a program that is running" },
  EFBIG: { code: "E_IO", why: "the file is too large for this file system" },
  ESTALE: { code: "E_IO", why: "the network file system lost it", hint: "Run the command again" },
};

/** A system call that failed, with the path it was about. Thrown by the fs room. */
export class SystemError extends Error {
  override readonly name = "SystemError";
  /** The kernel's name for it, such as `ENOSPC`. */
  readonly code: string;
  /** What was attempted, in words: "open", "write", "rename". */
  readonly action: string;
  /** The path in words. */
  readonly path: string;

  constructor(code: string, action: string, path: string) {
    super(`${action} ${path}: ${code}`);
    this.code = code;
    this.action = action;
    this.path = path;
  }
}

/** The error as one we foresaw: system errors become {@link JvsError}s; others are returned as they are. */
export function explainError(error: unknown): unknown {
  const name = systemCodeOf(error);
  if (error instanceof JvsError || !/^E[A-Z0-9]+$/.test(name)) return error;
  const { code, why, hint } = SYSTEM_ERRORS[name] ?? unnamed(name);
  const { action, syscall = "use", path } = error as Partial<SystemError> & { syscall?: string };
  const subject = path === undefined ? "" : ` "${path}"`;
  return new JvsError(`Cannot ${action ?? syscall}${subject}: ${why}`, {
    code,
    ...(hint === undefined ? {} : { hint }),
    details: { system_error: name, ...(path === undefined ? {} : { path }) },
    cause: error,
  });
}

function unnamed(name: string): SystemErrorMeaning {
  return { code: "E_IO", why: `the system says ${name}` };
}

/** The kernel's name of a failed system call (`ENOENT`), or "" for any other error. */
export function systemCodeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
