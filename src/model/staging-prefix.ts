/** Names that begin so, right in a workspace, are folders of jvs itself; no tree holds them. */
export const STAGING_PREFIX = ".jvs-staging.";
