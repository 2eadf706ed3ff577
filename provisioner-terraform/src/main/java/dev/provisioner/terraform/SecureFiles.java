package dev.provisioner.terraform;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Files and directories that only their owner may read: 0600 and 0700 where there are modes. */
final class SecureFiles {
  private static final boolean POSIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  private static final Set<PosixFilePermission> OWNER_DIRECTORY =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> OWNER_FILE =
      PosixFilePermissions.fromString("rw-------");

  private SecureFiles() {}

  static Path createDirectories(Path directory) throws IOException {
    return Files.createDirectories(directory, attributes(OWNER_DIRECTORY));
  }

  static void createFile(Path file) throws IOException {
    Files.createFile(file, attributes(OWNER_FILE));
  }

  /** Replaces a file, so that a reader after any crash sees the old text or the new one. */
  static void writeAtomically(Path file, String text) throws IOException {
    Path written = file.resolveSibling(file.getFileName() + "." + UUID.randomUUID() + ".tmp");
    createFile(written);
    try (FileOutputStream out = new FileOutputStream(written.toFile())) {
      out.write(text.getBytes(StandardCharsets.UTF_8)); // a channel would break on an interrupt
      out.getFD().sync();
    }
    Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Returns whether others than the owner may enter. */
  static boolean openToOthers(Path directory) throws IOException {
    return POSIX && !OWNER_DIRECTORY.containsAll(Files.getPosixFilePermissions(directory));
  }

  /** Takes away what a child process granted to others. */
  static void tighten(Path file) throws IOException {
    if (POSIX && Files.isRegularFile(file)) {
      Files.setPosixFilePermissions(file, OWNER_FILE);
    }
  }

  /** Deletes a tree; symbolic links in it, never what they lead to. Nothing there is fine. */
  static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<Path>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE; // somebody else deletes the same tree
            }
            throw e;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e)
              throws IOException {
            if (e != null) {
              throw e;
            }
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static FileAttribute<?>[] attributes(Set<PosixFilePermission> permissions) {
    return POSIX
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
        : new FileAttribute<?>[0];
  }
}
