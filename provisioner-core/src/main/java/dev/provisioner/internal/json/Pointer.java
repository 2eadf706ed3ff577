package dev.provisioner.internal.json;

import org.jspecify.annotations.Nullable;

/**
 * The JSON pointer (RFC 6901) of a node, spelled out only where somebody asks: with long keys and
 * many nodes the pointers would be many times larger than the value.
 */
record Pointer(@Nullable Pointer parent, String token) {
  static final Pointer ROOT = new Pointer(null, "");

  /** Returns the pointer of a member or an element. */
  Pointer child(Object keyOrIndex) {
    return new Pointer(this, keyOrIndex.toString());
  }

  /** Returns the pointer's text, from the root on. */
  @Override
  public String toString() {
    return parent == null ? "" : parent + "/" + token.replace("~", "~0").replace("/", "~1");
  }
}
