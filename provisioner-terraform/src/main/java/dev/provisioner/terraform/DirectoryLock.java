package dev.provisioner.terraform;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An exclusive lock on a file: between threads by a registry, between processes by the operating
 * system, which frees it when the process dies.
 */
final class DirectoryLock implements AutoCloseable {
  /** For the whole JVM: closing a second channel on a locked file would release the lock. */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private DirectoryLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** Takes the lock, or returns empty if somebody has it. The file's directory must exist. */
  static Optional<DirectoryLock> tryLock(Path lockFile) throws IOException {
    Path directory = lockFile.toAbsolutePath().getParent();
    Path file =
        (directory == null ? lockFile : directory.toRealPath()).resolve(lockFile.getFileName());
    if (!HELD.add(file)) {
      return Optional.empty();
    }
    boolean held = false;
    try {
      if (!Files.exists(file)) {
        try {
          SecureFiles.createFile(file);
        } catch (FileAlreadyExistsException e) {
          // another process was quicker; the lock itself decides
        }
      }
      FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
      held = locked(channel);
      return held ? Optional.of(new DirectoryLock(file, channel)) : Optional.empty();
    } finally {
      if (!held) {
        HELD.remove(file);
      }
    }
  }

  private static boolean locked(FileChannel channel) throws IOException {
    boolean locked = false;
    try {
      locked = channel.tryLock() != null;
      return locked;
    } catch (OverlappingFileLockException e) {
      return false; // held by this library under another class loader
    } finally {
      if (!locked) {
        channel.close();
      }
    }
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      HELD.remove(file);
    }
  }
}
