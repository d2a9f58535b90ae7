import { JvsError } from "../../model/errors.ts";
import { type RawPath, toText } from "../../model/raw-path.ts";

/**
 * What JuiceFS's control node understands (pkg/vfs/internal.go of JuiceFS, community edition):
 * `u32 command | u32 length of the body | body`, big-endian, one request in one write.
 */
const REMOVE = 1002;
const INFO = 1005;
const CLONE = 1006;

/** Keep owner, mode and times; without it the copy is the caller's, and of now. */
const KEEP_ATTRIBUTES = 2;
const OWN_ATTRIBUTES = 0;
const SKIP_TRASH = 1;
const LONGEST_NAME = 255;

/**
 * The forms of a clone request: `A` is what 1.1 and 1.2 read, `B` 1.3, `C` 1.4 and later.
 * 1.3 takes C as well and passes over its last byte. A must never reach 1.3 or later, whose mount
 * process dies of it.
 */
export type CloneLayout = "A" | "B" | "C";

export interface CloneRequest {
  readonly source: bigint;
  /** Not sent in layout A. */
  readonly sourceParent: bigint;
  readonly targetParent: bigint;
  /** The name of the copy: 1 to 255 bytes. */
  readonly name: RawPath;
  /** The copy is the caller's, and of now: only attributes are kept, and of the mode what `umask` leaves. */
  readonly isOwn?: boolean;
  readonly umask?: number;
  /** Folders copied at a time, 1 to 255; sent in layout C alone. */
  readonly threads?: number;
}

export interface RemoveRequest {
  readonly parent: bigint;
  readonly name: RawPath;
  /** Root's privilege, and 1.3's: others' and older mounts' trash is used all the same. */
  readonly skipTrash?: boolean;
  readonly threads?: number;
}

export interface InfoRequest {
  readonly inode: bigint;
  readonly recursive?: boolean;
  /** Of a single file: its slices instead of its objects, which 1.4 asks the object store about. */
  readonly raw?: boolean;
  /** Count every entry, instead of trusting the sums that the volume keeps, a second behind. */
  readonly strict?: boolean;
}

/** Asks for a copy of a file or a folder that shares all content; owner, mode and times are kept, unless told otherwise. */
export function encodeClone(layout: CloneLayout, request: CloneRequest): Uint8Array<ArrayBuffer> {
  const { source, sourceParent, targetParent, name } = request;
  const { umask = 0o22, threads = 4, isOwn = false } = request;
  const body = new RequestBody(CLONE).put64(source);
  if (layout !== "A") body.put64(sourceParent);
  body
    .put64(targetParent)
    .putName(name)
    .put16(umask)
    .put8(isOwn ? OWN_ATTRIBUTES : KEEP_ATTRIBUTES);
  if (layout === "C") body.put8(threads);
  return body.finish();
}

/** Asks for the removal of a name and all below it. */
export function encodeRemove(request: RemoveRequest): Uint8Array<ArrayBuffer> {
  const { parent, name, skipTrash = false, threads = 50 } = request;
  const body = new RequestBody(REMOVE).put64(parent).putName(name);
  return body
    .put8(skipTrash ? SKIP_TRASH : 0)
    .put8(threads)
    .finish();
}

/** Asks for the sizes and the path of a file or folder. */
export function encodeInfo(request: InfoRequest): Uint8Array<ArrayBuffer> {
  const { inode, recursive = false, raw = false, strict = false } = request;
  const flags = [recursive, raw, strict].map(Number);
  const body = new RequestBody(INFO).put64(inode);
  for (const flag of flags) body.put8(flag);
  return body.finish();
}

/** A request under construction; no request of ours comes near its room. */
class RequestBody {
  private readonly bytes = new Uint8Array(512);
  private readonly view = new DataView(this.bytes.buffer);
  private end = 8;

  constructor(command: number) {
    this.view.setUint32(0, command);
  }

  put8(value: number): this {
    this.view.setUint8(this.end, value);
    this.end += 1;
    return this;
  }

  put16(value: number): this {
    this.view.setUint16(this.end, value);
    this.end += 2;
    return this;
  }

  put64(value: bigint): this {
    this.view.setBigUint64(this.end, value);
    this.end += 8;
    return this;
  }

  putName(name: RawPath): this {
    refuseName(name);
    this.put8(name.length);
    for (let at = 0; at < name.length; at++) this.put8(name.charCodeAt(at));
    return this;
  }

  finish(): Uint8Array<ArrayBuffer> {
    this.view.setUint32(4, this.end - 8);
    return this.bytes.slice(0, this.end);
  }
}

/** Throws E_NAME_INVALID for what is no name in a folder: nobody checks it on the other side. */
export function refuseName(name: RawPath): void {
  const why = faultOf(name);
  if (why === "") return;
  throw new JvsError(`Cannot use the name "${toText(name)}" on JuiceFS: ${why}`, {
    code: "E_NAME_INVALID",
    details: { bytes: name.length },
  });
}

function faultOf(name: RawPath): string {
  if (name === "") return "it is empty";
  if (name === "." || name === "..") return "it means another folder";
  if (name.includes("/") || name.includes("\0")) return "a name holds neither a slash nor a zero";
  return name.length > LONGEST_NAME ? `${name.length} bytes, ${LONGEST_NAME} are the most` : "";
}
