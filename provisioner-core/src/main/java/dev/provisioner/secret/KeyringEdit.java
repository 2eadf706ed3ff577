package dev.provisioner.secret;

import dev.provisioner.error.SecretException;
import java.util.ArrayList;
import java.util.List;

/** The lines of a keyring file while they are changed. What it leaves is read before it counts. */
final class KeyringEdit {
  private final List<String> lines;

  KeyringEdit(String text) {
    this.lines = new ArrayList<>(text.lines().toList());
  }

  void add(String id) {
    KeyIds.require(id);
    if (lineOf(Keyring.KEY + id) >= 0) {
      throw refused("has a key '" + id + "' already; a key id is never given twice");
    }
    lines.add(Keyring.KEY + id + " = " + Keyring.newKey());
  }

  void makeCurrent(String id) {
    requireKey(id);
    lines.set(lineOf(Keyring.CURRENT), Keyring.CURRENT + " = " + id);
  }

  void remove(String id) {
    KeyIds.require(id);
    String current = lines.get(lineOf(Keyring.CURRENT));
    if (current.substring(current.indexOf('=') + 1).strip().equals(id)) {
      throw refused("seals with key '" + id + "' now; make another one current first");
    }
    lines.removeIf(line -> isOf(line, Keyring.KEY + id));
  }

  String text() {
    return String.join("\n", lines) + "\n";
  }

  private void requireKey(String id) {
    KeyIds.require(id);
    if (lineOf(Keyring.KEY + id) < 0) {
      throw refused("has no key '" + id + "'; add it first, and restart every engine");
    }
  }

  private int lineOf(String name) {
    for (int i = 0; i < lines.size(); i++) {
      if (isOf(lines.get(i), name)) {
        return i;
      }
    }
    return -1;
  }

  private static boolean isOf(String line, String name) {
    int equals = line.indexOf('=');
    return equals >= 0 && line.substring(0, equals).strip().equals(name);
  }

  private static SecretException refused(String why) {
    return new SecretException("The keyring " + why + ".");
  }
}
