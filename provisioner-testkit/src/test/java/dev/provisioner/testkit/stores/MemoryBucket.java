package dev.provisioner.testkit.stores;

import dev.provisioner.state.ObjectBucket;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A bucket in memory. Like S3's, its tags come again when the same bytes do. */
public class MemoryBucket implements ObjectBucket {
  private final NavigableMap<String, Content> objects = new TreeMap<>();

  @Override
  public String label() {
    return "memory://";
  }

  @Override
  public synchronized Optional<Content> get(String name, @Nullable Integer atMostBytes)
      throws IOException {
    return Optional.ofNullable(objects.get(name)).map(there -> start(there, atMostBytes));
  }

  private static Content start(Content whole, @Nullable Integer atMostBytes) {
    return atMostBytes == null || atMostBytes >= whole.bytes().length
        ? whole
        : new Content(Arrays.copyOf(whole.bytes(), atMostBytes), whole.tag());
  }

  @Override
  public synchronized Put putIfAbsent(String name, byte[] content) throws IOException {
    return objects.containsKey(name) ? new Put.Conflict(true) : put(name, content);
  }

  @Override
  public synchronized Put putIfUnchanged(String name, String tag, byte[] content)
      throws IOException {
    Content there = objects.get(name);
    return there == null || !there.tag().equals(tag) ? new Put.Conflict(true) : put(name, content);
  }

  synchronized Put put(String name, byte[] content) {
    String tag = "\"" + UUID.nameUUIDFromBytes(content) + "\"";
    objects.put(name, new Content(content, tag));
    return new Put.Done(tag);
  }

  @Override
  public synchronized void delete(String name) throws IOException {
    objects.remove(name);
  }

  @Override
  public synchronized Names list(String prefix, @Nullable String after, int atMost)
      throws IOException {
    List<String> names = new ArrayList<>();
    for (String name : objects.navigableKeySet()) {
      if (name.startsWith(prefix) && (after == null || name.compareTo(after) > 0)) {
        if (names.size() == atMost) {
          return new Names(names, true);
        }
        names.add(name);
      }
    }
    return new Names(names, false);
  }

  synchronized List<String> names() {
    return List.copyOf(objects.navigableKeySet());
  }
}
