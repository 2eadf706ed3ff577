package dev.provisioner.plan;

/** What happens to a step's resource when the tenant leaves, or when the step leaves the plan. */
public enum OnDeprovision {
  /** It is deleted. The default. */
  DELETE,
  /** It stays until the tenant is purged, which the retention period puts off. */
  RETAIN,
  /** It is never ours to delete: something shared. It is forgotten at the purge. */
  KEEP
}
