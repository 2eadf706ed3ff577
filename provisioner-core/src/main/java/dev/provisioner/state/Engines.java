package dev.provisioner.state;

import static java.nio.file.StandardOpenOption.CREATE;

import dev.provisioner.error.StateStoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Announced engines: a file for each, locked while it lives. The operating system releases the lock
 * with the process, so an engine whose file can be locked by another is dead.
 *
 * <p>A dead engine's file gets one byte from the first who finds it dead and is deleted when that
 * was a week ago; leases are long over by then. All under one lock, so that nobody opens a file
 * that is just being deleted.
 */
final class Engines {
  private static final Logger LOG = LoggerFactory.getLogger(FileStateStore.class);
  private static final Duration KEPT = Duration.ofDays(7);

  private final Path directory;
  private final Disk disk;
  private final LockFiles locks;
  private final Duration lockWait;
  private final Set<String> ours = ConcurrentHashMap.newKeySet();

  Engines(Path directory, Disk disk, LockFiles locks, Duration lockWait) {
    this.directory = directory;
    this.disk = disk;
    this.locks = locks;
    this.lockWait = lockWait;
  }

  /** Announces an engine. */
  void announce(String engineId) throws IOException {
    String name = FileNames.of(engineId);
    try (LockFile.Held held = locks.engines().lock(lockWait)) {
      removeOld();
      Optional<FileChannel> channel =
          locks.announced().containsKey(name)
              ? Optional.empty()
              : Disk.naming(directory.resolve(name), () -> locked(directory.resolve(name)));
      if (channel.isEmpty()) {
        throw new StateStoreException(
            "Engine '"
                + engineId
                + "' cannot be announced at "
                + directory
                + ": an engine with this id is alive. Give every engine its own id.");
      }
      locks.announced().put(name, channel.get());
      ours.add(name);
    }
  }

  /** Ends an announcement; it was an engine's own, so others see that it is dead. */
  void end(String engineId) throws IOException {
    endNamed(FileNames.of(engineId));
  }

  /** Returns whether an engine was announced here and lives no more. */
  boolean certainlyDead(String engineId) throws IOException {
    String name = FileNames.of(engineId);
    try (LockFile.Held held = locks.engines().lock(lockWait)) {
      return isDead(name);
    }
  }

  /** Ends what was announced through this store. */
  void close() throws IOException {
    for (String name : ours) {
      endNamed(name);
    }
  }

  private void endNamed(String name) throws IOException {
    if (!ours.contains(name)) {
      return;
    }
    try (LockFile.Held held = locks.engines().lock(lockWait)) {
      ours.remove(name);
      FileChannel channel = locks.announced().remove(name);
      if (channel != null) {
        disk.closeLock(channel);
      }
    }
  }

  /** Returns whether the file's owner is dead; notes it in the file when it is found out. */
  private boolean isDead(String name) throws IOException {
    // Opening and closing a file this JVM has locked would unlock it.
    if (locks.announced().containsKey(name)) {
      return false;
    }
    Path file = directory.resolve(name);
    return Disk.naming(file, () -> isUnlocked(file));
  }

  private boolean isUnlocked(Path file) throws IOException {
    try (FileChannel channel = disk.openForLock(file)) {
      FileLock lock = tryLock(channel);
      if (lock == null) {
        return false;
      }
      noteDead(channel);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static void noteDead(FileChannel channel) {
    try {
      if (channel.size() == 0) {
        channel.write(ByteBuffer.wrap(new byte[] {'x'}));
      }
    } catch (IOException e) {
      LOG.debug("A dead engine's file could not be marked; it is kept a little longer.", e);
    }
  }

  private void removeOld() throws IOException {
    Instant old = Instant.now().minus(KEPT);
    for (String name : disk.names(directory, FileNames::isName)) {
      Path file = directory.resolve(name);
      if (isDead(name) && Files.getLastModifiedTime(file).toInstant().isBefore(old)) {
        Files.deleteIfExists(file);
      }
    }
  }

  private Optional<FileChannel> locked(Path file) throws IOException {
    FileChannel channel = disk.openForLock(file, CREATE);
    try {
      if (tryLock(channel) != null) {
        channel.truncate(0); // it may have been found dead under this id
        return Optional.of(channel);
      }
    } catch (IOException e) {
      disk.closeLock(channel);
      throw e;
    }
    disk.closeLock(channel);
    return Optional.empty();
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // held by this library in another class loader of this JVM
    }
  }
}
