package dev.provisioner.jdbc;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some entries of the audit log. Immutable.
 *
 * @param entries the newest first
 * @param next the cursor of the next page, or null if this is the last
 */
public record AuditPage(List<AuditEntry> entries, @Nullable String next) {
  /** Copies the entries. */
  public AuditPage {
    entries = List.copyOf(entries);
  }
}
