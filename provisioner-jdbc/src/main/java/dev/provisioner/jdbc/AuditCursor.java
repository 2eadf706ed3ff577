package dev.provisioner.jdbc;

import dev.provisioner.tenant.TenantId;
import java.time.DateTimeException;
import java.time.Instant;

/** The last entry of a page, as text: time, sequence, the plan's length, the plan, the tenant. */
record AuditCursor(Instant at, long sequence, String plan, String tenant) {

  static String after(AuditEntry last) {
    String plan = last.plan();
    return last.at()
        + " "
        + last.sequence()
        + " "
        + plan.length()
        + ":"
        + plan
        + last.tenant().value();
  }

  static AuditCursor parse(String cursor) {
    try {
      String[] parts = cursor.split(" ", 3);
      KeyCursor key = KeyCursor.parse(parts[2]);
      String tenant = TenantId.of(key.tenant()).value();
      return new AuditCursor(Instant.parse(parts[0]), Long.parseLong(parts[1]), key.plan(), tenant);
    } catch (DateTimeException | IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "Not a cursor of an audit log: '" + cursor + "'. Pass AuditPage.next() unchanged.", e);
    }
  }
}
