import { JvsError, SystemError } from "../model/errors.ts";
import { type RawPath, toText } from "../model/raw-path.ts";
import { splitPath } from "./split-path.ts";

/** The system names only the last part of the path; users need all of it. */
export function withPath(error: unknown, path: RawPath): unknown {
  if (error instanceof SystemError && error.path === toText(splitPath(path).name))
    return new SystemError(error.code, error.action, toText(path));
  return error;
}

/** It changed during each of several readings. */
export function changing(path: RawPath): JvsError {
  return new JvsError(`Cannot snapshot "${toText(path)}": it kept changing while it was read`, {
    code: "E_FILE_CHANGING",
    hint: "Stop what writes to it and run the command again, or keep it as it is with --allow-unstable",
    details: { path: toText(path) },
  });
}
