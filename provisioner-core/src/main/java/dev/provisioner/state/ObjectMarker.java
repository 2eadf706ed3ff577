package dev.provisioner.state;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An empty object whose name says when a document is due, and which write put it there: one that
 * replaces a certain revision.
 *
 * <pre>
 * shop-eu/due/001763710000123.onboarding.acme.6f1c….0b77…
 * </pre>
 *
 * @param before the id of the revision that the write replaces; null if it creates the document
 * @param id the id of the write
 */
record ObjectMarker(long millis, @Nullable String before, String id) {
  private static final String NOTHING = "new";
  private static final Pattern NAME =
      Pattern.compile("([0-9]{15})\\.([^.]+)\\.([^.]+)\\.([^.]+)\\.([^.]+)");

  /** A marker and the document it is of. */
  record OfPlace(ObjectMarker marker, DocumentPlace place) {}

  /** Returns the marker of a document that a header is of, or null if it is never due. */
  static @Nullable ObjectMarker of(StateFile.Header header) {
    Instant dueAt = header.summary().dueAt();
    String stamp = header.trace().marker();
    if (dueAt == null || stamp == null) {
      return null;
    }
    int dot = stamp.indexOf('.');
    String before = stamp.substring(0, Math.max(dot, 0));
    return new ObjectMarker(
        DueTimes.indexed(dueAt), before.equals(NOTHING) ? null : before, stamp.substring(dot + 1));
  }

  /** Returns what the document's header says of its marker. */
  String stamp() {
    return (before == null ? NOTHING : before) + "." + id;
  }

  String name(DocumentPlace place) {
    return String.format(
        Locale.ROOT,
        "%s%015d.%s.%s.%s",
        directory(place.installation()),
        millis,
        place.plan(),
        place.tenant(),
        stamp());
  }

  static String directory(String installation) {
    return installation + "/due/";
  }

  /** Returns the markers among some names, the longest overdue first. */
  static List<OfPlace> parse(String installation, List<String> names) {
    int start = directory(installation).length();
    return names.stream()
        .map(name -> NAME.matcher(name.substring(start)))
        .filter(
            parts ->
                parts.matches()
                    && FileNames.isName(parts.group(2))
                    && FileNames.isName(parts.group(3)))
        .map(parts -> parse(installation, parts))
        .toList();
  }

  private static OfPlace parse(String installation, Matcher parts) {
    String before = parts.group(4);
    return new OfPlace(
        new ObjectMarker(
            Long.parseLong(parts.group(1)), before.equals(NOTHING) ? null : before, parts.group(5)),
        new DocumentPlace(installation, parts.group(2), parts.group(3)));
  }
}
