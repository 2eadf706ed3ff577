package dev.provisioner.samples.quickstart;

import java.util.Locale;

/** What a tenant has booked. */
enum Size {
  SMALL,
  MEDIUM,
  LARGE;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns what a tenant of this size might book next. */
  Size other() {
    return this == LARGE ? MEDIUM : LARGE;
  }
}
