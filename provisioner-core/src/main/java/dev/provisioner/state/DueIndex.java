package dev.provisioner.state;

import static java.util.Comparator.comparingLong;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The index of due documents: an empty file for each, in a directory for each hour.
 *
 * <pre>
 * installations/shop-eu/due/2026-11-21T07/001763710000123.onboarding.acme
 * </pre>
 *
 * <p>A document's marker is on the disk before the document and is removed after the next document
 * is. So a document that is due always has its marker; a crash may leave a marker without its
 * document, which its finder recognises by the document's header and removes.
 */
final class DueIndex {
  private static final Duration OLD = Duration.ofDays(1);
  private static final DateTimeFormatter HOUR =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final Pattern BUCKET = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}");
  private static final Pattern MARKER = Pattern.compile("([0-9]{15})\\.([^.]+)\\.([^.]+)");

  private final Path root;
  private final Disk disk;
  private final Set<Path> durableBuckets = ConcurrentHashMap.newKeySet();

  DueIndex(Path root, Disk disk) {
    this.root = root;
    this.disk = disk;
  }

  /** A marker: when which document is due, unless it is stale. */
  record Marker(long millis, DocumentPlace place) {

    /** Returns the marker of a document, or null if it is never due. */
    static @Nullable Marker of(DocumentPlace place, Summary summary) {
      Instant dueAt = summary.dueAt();
      return dueAt == null ? null : new Marker(DueTimes.indexed(dueAt), place);
    }

    private String bucket() {
      return HOUR.format(Instant.ofEpochMilli(millis));
    }

    private String name() {
      return String.format(Locale.ROOT, "%015d.%s.%s", millis, place.plan(), place.tenant());
    }
  }

  /** Adds a marker durably. */
  void add(Marker marker) throws IOException {
    Path due = due(marker.place().installation());
    Path bucket = due.resolve(marker.bucket());
    // Old buckets may be removed and made again by others, so they are synced every time.
    boolean old = marker.bucket().compareTo(lastOld()) <= 0;
    boolean durable = !old && durableBuckets.contains(bucket);
    while (true) {
      durable &= !disk.makeDirectory(bucket);
      try {
        disk.makeEmpty(bucket.resolve(marker.name()));
        break;
      } catch (NoSuchFileException e) {
        durable = false; // somebody removed the empty bucket in between
        if (!Files.isDirectory(due)) {
          throw e;
        }
      }
    }
    disk.sync(bucket);
    if (!durable) {
      disk.sync(due);
      if (!old) {
        durableBuckets.removeIf(known -> known.getFileName().toString().compareTo(lastOld()) <= 0);
        durableBuckets.add(bucket);
      }
    }
  }

  /** Removes a marker. If that is lost in a crash, a stale marker is left. */
  void remove(Marker marker) throws IOException {
    Files.deleteIfExists(bucket(marker).resolve(marker.name()));
  }

  /** Returns the names of the buckets to look into, the longest overdue first. */
  List<String> buckets(String installation, Instant until) throws IOException {
    String last = HOUR.format(Instant.ofEpochMilli(DueTimes.indexed(until)));
    return disk.names(
        due(installation), name -> BUCKET.matcher(name).matches() && name.compareTo(last) <= 0);
  }

  /** Returns the markers in a bucket that are due, the longest overdue first. */
  List<Marker> markers(String installation, String bucket, Instant until) throws IOException {
    long last = DueTimes.indexed(until);
    List<Marker> markers = new ArrayList<>();
    for (String name : disk.names(due(installation).resolve(bucket), found -> true)) {
      Matcher parts = MARKER.matcher(name);
      if (parts.matches()
          && FileNames.isName(parts.group(2))
          && FileNames.isName(parts.group(3))
          && Long.parseLong(parts.group(1)) <= last) {
        markers.add(
            new Marker(
                Long.parseLong(parts.group(1)),
                new DocumentPlace(installation, parts.group(2), parts.group(3))));
      }
    }
    markers.sort(comparingLong(Marker::millis));
    return markers;
  }

  /** Removes a bucket that is long past, if it is empty. */
  void removeIfOld(String installation, String bucket) {
    // A day later than lastOld(): the clocks of two processes may have differed.
    if (bucket.compareTo(HOUR.format(Instant.now().minus(OLD.multipliedBy(2)))) < 0) {
      disk.deleteIfPossible(due(installation).resolve(bucket));
    }
  }

  private static String lastOld() {
    return HOUR.format(Instant.now().minus(OLD));
  }

  private Path bucket(Marker marker) {
    return due(marker.place().installation()).resolve(marker.bucket());
  }

  private Path due(String installation) {
    return DocumentPlace.installation(root, installation).resolve("due");
  }
}
