import type { ObjectId } from "../model/entry.ts";
import { JvsError, SystemError, systemCodeOf } from "../model/errors.ts";

const HINT = "`jvs verify --all` shows what else is damaged, and which snapshots need it";

/** The content of `id` is not there. */
export function missingObject(id: ObjectId): JvsError {
  return new JvsError(`Cannot read object "${id}": it is not in the store`, {
    code: "E_OBJECT_MISSING",
    hint: HINT,
    details: { object: id },
  });
}

/** What is stored at `path` under the name of `id` is something else. */
export function damagedObject(
  id: ObjectId,
  { path, why }: { path: string; why: string },
): JvsError {
  return new JvsError(`Cannot read object "${id}": ${why} in "${path}"`, {
    code: "E_OBJECT_DAMAGED",
    hint: HINT,
    details: { object: id, file: path },
  });
}

/** A failed system call on an open file, with the path that node leaves out. */
export function withPath(
  error: unknown,
  { action, path }: { action: string; path: string },
): unknown {
  const code = systemCodeOf(error);
  return code === "" ? error : new SystemError(code, action, path);
}
