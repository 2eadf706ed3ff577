package dev.provisioner.state;

import dev.provisioner.tenant.TenantId;

/**
 * A place in a listing that is ordered by key, as text: the plan's length, the plan, the tenant.
 */
final class KeyCursor {
  private KeyCursor() {}

  static String of(DocumentKey last) {
    return last.plan().length() + ":" + last.plan() + last.tenant().value();
  }

  static DocumentKey parse(String installation, String cursor) {
    try {
      int colon = cursor.indexOf(':');
      int end = colon + 1 + Integer.parseInt(cursor.substring(0, colon));
      return new DocumentKey(
          installation, cursor.substring(colon + 1, end), TenantId.of(cursor.substring(end)));
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "Not a cursor of this store: '" + cursor + "'. Pass Page.next() unchanged.", e);
    }
  }
}
