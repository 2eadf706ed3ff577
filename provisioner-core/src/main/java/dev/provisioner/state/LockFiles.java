package dev.provisioner.state;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The lock files of one directory, shared by all stores of this JVM on it.
 *
 * <p>They must be shared: on POSIX systems closing any channel on a file releases the locks that
 * the process holds on it through every other channel. Hence the static registry, the only one in
 * this library. The number of files is fixed, so that they never need to be deleted, which no lock
 * survives; documents share them by hash.
 */
final class LockFiles {
  static final int STRIPES = 64;
  private static final ConcurrentHashMap<Object, LockFiles> OPEN = new ConcurrentHashMap<>();

  private final Object registered;
  private final LockFile[] stripes = new LockFile[STRIPES];
  private final LockFile engines;
  private final Map<String, FileChannel> announced = new HashMap<>();
  private int users; // guarded by the registry

  private LockFiles(Object registered, Path directory, Disk disk) {
    this.registered = registered;
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new LockFile(directory.resolve(String.format("%02d.lock", i)), disk);
    }
    engines = new LockFile(directory.resolve("engines.lock"), disk);
  }

  /** Returns the lock files in a directory, which must exist; to be released once. */
  static LockFiles acquire(Path directory, Disk disk) throws IOException {
    Object key = Files.readAttributes(directory, BasicFileAttributes.class).fileKey();
    // Two paths can lead to one directory (bind mounts); its inode is the same.
    Object identity = key != null ? key : directory.toRealPath();
    return OPEN.compute(
        identity,
        (id, open) -> {
          LockFiles files = open != null ? open : new LockFiles(id, directory, disk);
          files.users++;
          return files;
        });
  }

  /** Closes the files if this was their last user. */
  void release() {
    OPEN.computeIfPresent(registered, (id, open) -> leave() ? null : open);
  }

  private boolean leave() {
    if (--users > 0) {
      return false;
    }
    for (LockFile stripe : stripes) {
      stripe.retire();
    }
    engines.retire();
    return true;
  }

  /** Returns the lock of a document. */
  LockFile of(DocumentPlace place) {
    return stripes[place.stripe(STRIPES)];
  }

  /** Returns the lock that guards the engines' files and {@link #announced}. */
  LockFile engines() {
    return engines;
  }

  /** Returns the engines announced in this JVM, with the channel that holds each one's lock. */
  Map<String, FileChannel> announced() {
    return announced;
  }
}
