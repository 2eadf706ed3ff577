package dev.provisioner.jdbc;

import dev.provisioner.state.DocumentKey;
import dev.provisioner.tenant.TenantId;

/** The last key of a page, as text: the plan's length, the plan, the tenant. */
record KeyCursor(String plan, String tenant) {

  static String after(DocumentKey last) {
    return last.plan().length() + ":" + last.plan() + last.tenant().value();
  }

  static KeyCursor parse(String cursor) {
    try {
      int colon = cursor.indexOf(':');
      int end = colon + 1 + Integer.parseInt(cursor.substring(0, colon));
      TenantId tenant = TenantId.of(cursor.substring(end));
      return new KeyCursor(cursor.substring(colon + 1, end), tenant.value());
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "Not a cursor of this store: '" + cursor + "'. Pass Page.next() unchanged.", e);
    }
  }
}
