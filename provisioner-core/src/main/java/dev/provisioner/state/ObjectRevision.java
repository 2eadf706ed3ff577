package dev.provisioner.state;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A revision as callers keep it: all that the next write has to know of this one, so that it need
 * not read.
 *
 * @param id of the write, never used twice; the object's tag may be
 * @param marker of the due index
 */
record ObjectRevision(String id, String tag, @Nullable ObjectMarker marker) {
  private static final Pattern TEXT =
      Pattern.compile("([0-9a-f]{32}) (?:-|([0-9]{15}) ([0-9a-f]{32}|new)\\.([0-9a-f]{32})) (.+)");

  static ObjectRevision of(StateFile.Header header, String tag) {
    return new ObjectRevision(header.revision(), tag, ObjectMarker.of(header));
  }

  /** Returns the revision, or empty if the text is none of ours. */
  static Optional<ObjectRevision> parse(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    String millis = parts.group(2);
    String before = parts.group(3);
    ObjectMarker marker =
        millis == null
            ? null
            : new ObjectMarker(
                Long.parseLong(millis), "new".equals(before) ? null : before, parts.group(4));
    return Optional.of(new ObjectRevision(parts.group(1), parts.group(5), marker));
  }

  @Override
  public String toString() {
    String due = marker == null ? "-" : String.format("%015d %s", marker.millis(), marker.stamp());
    return id + " " + due + " " + tag;
  }
}
