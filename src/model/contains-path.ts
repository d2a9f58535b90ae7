/** Whether the absolute path `inner` is the folder `outer` or lies below it. Looks at text alone. */
export function containsPath(outer: string, inner: string): boolean {
  return inner === outer || inner.startsWith(outer.endsWith("/") ? outer : `${outer}/`);
}
