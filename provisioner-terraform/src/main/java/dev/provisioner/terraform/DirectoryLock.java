package dev.provisioner.terraform;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
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
      FileLock lock = channel.tryLock();
      if (lock == null) {
        channel.close();
        return Optional.empty();
      }
      held = true;
      return Optional.of(new DirectoryLock(file, channel));
    } finally {
      if (!held) {
        HELD.remove(file);
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
