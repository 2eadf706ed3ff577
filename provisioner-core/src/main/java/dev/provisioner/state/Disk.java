package dev.provisioner.state;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The few file operations the store is made of. Files are made readable by their owner alone where
 * the file system knows such permissions. Thread-safe.
 */
final class Disk {
  private static final Logger LOG = LoggerFactory.getLogger(FileStateStore.class);

  private final boolean posix;

  Disk(Path root) {
    posix = root.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  /** Makes a directory; its parent is not synced. Returns false if it was there. */
  boolean makeDirectory(Path directory) throws IOException {
    while (true) {
      try {
        Files.createDirectory(directory, ownerOnly("rwx------"));
        return true;
      } catch (FileAlreadyExistsException e) {
        Optional<Boolean> there = isDirectory(directory);
        if (there.isPresent() && there.get()) {
          return false;
        } else if (there.isPresent()) {
          throw e;
        }
        // else another process has removed it in between
      }
    }
  }

  /** Returns whether there is a directory or something else, empty if there is nothing. */
  private static Optional<Boolean> isDirectory(Path path) throws IOException {
    try {
      return Optional.of(
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
              .isDirectory());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Makes an empty file. Returns false if it was there. */
  boolean makeEmpty(Path file) throws IOException {
    try {
      Path unused = naming(file, () -> Files.createFile(file, ownerOnly("rw-------")));
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  /** Opens a file for locking; makes it if need be. */
  FileChannel openForLock(Path file, OpenOption... more) throws IOException {
    Set<OpenOption> options = new HashSet<>(Set.of(READ, WRITE));
    options.addAll(List.of(more));
    return FileChannel.open(file, options, ownerOnly("rw-------"));
  }

  /** Closes a file that was opened for locking. Nothing is in it that an error could lose. */
  void closeLock(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("A lock file was closed with an error, which is harmless.", e);
    }
  }

  /** Writes a file from its beginning and syncs it. Its directory is not synced. */
  void writeSynced(Path file, ByteBuffer... parts) throws IOException {
    Disk.<Path>naming(
        file,
        () -> {
          Set<OpenOption> options = Set.of(CREATE, WRITE, TRUNCATE_EXISTING);
          try (FileChannel channel = FileChannel.open(file, options, ownerOnly("rw-------"))) {
            for (ByteBuffer part : parts) {
              ByteBuffer rest = part.duplicate();
              while (rest.hasRemaining()) {
                channel.write(rest);
              }
            }
            channel.force(true);
          }
          return file;
        });
  }

  /** Puts one file in another's place, whole: whoever opens it sees the one or the other. */
  void replace(Path source, Path target) throws IOException {
    Files.move(source, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Deletes a file that is of no use any more; one that cannot be deleted does no harm. */
  void deleteIfPossible(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.debug("Left {}, which is harmless.", file, e);
    }
  }

  /** Makes what was created, renamed or removed in a directory survive a crash of the machine. */
  void sync(Path directory) throws IOException {
    if (!posix) {
      return; // Windows cannot open a directory for this, and logs such changes by itself
    }
    Disk.<Path>naming(
        directory,
        () -> {
          try (FileChannel channel = FileChannel.open(directory, READ)) {
            channel.force(true);
          }
          return directory;
        });
  }

  /** Reads a file's first bytes, at most this many. */
  byte[] readStart(Path file, int atMost) throws IOException {
    return naming(
        file,
        () -> {
          requireRegular(file);
          try (SeekableByteChannel channel = Files.newByteChannel(file, READ)) {
            ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(atMost, channel.size()));
            while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
              // until the end
            }
            byte[] read = new byte[buffer.position()];
            buffer.flip().get(read);
            return read;
          }
        });
  }

  /** A pipe would be waited for without end; a link that leads nowhere would look like no file. */
  private static void requireRegular(Path file) throws IOException {
    if (!Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .isRegularFile()) {
      throw new FileSystemException(file.toString(), null, "Not a regular file");
    }
  }

  /** Returns the wanted names in a directory in order; none if there is no such directory. */
  List<String> names(Path directory, Predicate<String> wanted) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      for (Path path : stream) {
        String name = path.getFileName().toString();
        if (wanted.test(name)) {
          names.add(name);
        }
      }
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    names.sort(null);
    return names;
  }

  /** Runs an operation, uninterrupted, whose errors name the file: those of channels do not. */
  static <T> T naming(Path file, Uninterrupted.Operation<T> operation) throws IOException {
    try {
      return Uninterrupted.call(operation);
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException e) {
      FileSystemException named =
          new FileSystemException(file.toString(), null, String.valueOf(e.getMessage()));
      named.initCause(e);
      throw named;
    }
  }

  /** Returns the attribute to make a file or directory with. */
  FileAttribute<?>[] ownerOnly(String permissions) {
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }
}
