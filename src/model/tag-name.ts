const ALLOWED = /^[a-zA-Z0-9._-]+$/;

/** Why a word can be no tag, to stand behind "tag must"; undefined where it can. */
export function faultOfTag(tag: string): string | undefined {
  if (tag === "") return "not be empty";
  if (!ALLOWED.test(tag)) return `match [a-zA-Z0-9._-]+: ${tag}`;
  return tag === "HEAD"
    ? "not be HEAD: that is the snapshot that the workspace stands on"
    : undefined;
}
