package dev.provisioner.terraform;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * The directory that holds the stacks' directories. It has an id, so that an engine that sees
 * another disk does not take a stack for absent, and a note of each removal, so that a lost
 * directory can be told from a removed one.
 *
 * <p>Thread-safe.
 */
final class StackRoot {
  private static final String DRAFTS = ".{new,version}-*";

  private final Path path;
  private final String id;

  private StackRoot(Path path, String id) {
    this.path = path;
    this.id = id;
  }

  static StackRoot open(Path path) throws IOException {
    SecureFiles.createDirectories(path);
    if (SecureFiles.openToOthers(path)) {
      throw new IllegalArgumentException(
          "The working directory "
              + path
              + " will hold Terraform states, which have secrets in clear, but is open to other"
              + " users. Set its mode to 0700.");
    }
    for (String folder : new String[] {".trash", ".removed", ".prepared"}) {
      SecureFiles.createDirectories(path.resolve(folder));
    }
    StackRoot root = new StackRoot(path.toRealPath(), idOf(path.resolve(".id")));
    root.emptyTrash();
    root.deleteOldDrafts();
    return root;
  }

  Path path() {
    return path;
  }

  /** Returns the id of this root, the same for every engine that sees the same disk. */
  String id() {
    return id;
  }

  void noteRemoval(String name, String marker) throws IOException {
    SecureFiles.writeAtomically(removal(name), marker);
  }

  void forgetRemoval(String name) throws IOException {
    Files.deleteIfExists(removal(name));
  }

  /** Returns whether the stack with this name and marker was removed here. */
  boolean removed(String name, String marker) throws IOException {
    try {
      return Files.readString(removal(name)).strip().equals(marker);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Moves a tree away in one step, then deletes it. */
  void discard(Path tree) throws IOException {
    Path trash = path.resolve(".trash").resolve(UUID.randomUUID().toString());
    try {
      Files.move(tree, trash, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      return; // gone already
    }
    SecureFiles.deleteTree(trash);
  }

  /** Deletes what a crash left between the move and the end of the deletion. */
  private void emptyTrash() throws IOException {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(path.resolve(".trash"))) {
      for (Path tree : left) {
        SecureFiles.deleteTree(tree);
      }
    }
  }

  /** Deletes drafts that crashes left; nobody works on one for a day. */
  private void deleteOldDrafts() throws IOException {
    Instant dayAgo = Instant.now().minus(Duration.ofDays(1));
    try (DirectoryStream<Path> drafts = Files.newDirectoryStream(path, DRAFTS)) {
      for (Path draft : drafts) {
        long modified = draft.toFile().lastModified(); // 0 if somebody else has just deleted it
        if (Instant.ofEpochMilli(modified).isBefore(dayAgo)) {
          SecureFiles.deleteTree(draft);
        }
      }
    }
  }

  private Path removal(String name) {
    return path.resolve(".removed").resolve(name);
  }

  private static String idOf(Path file) throws IOException {
    Path lock = file.resolveSibling(".id.lock");
    for (int i = 0; i < 500; i++) {
      if (Files.exists(file)) {
        return Files.readString(file).strip();
      }
      try (DirectoryLock held = DirectoryLock.tryLock(lock).orElse(null)) {
        if (held != null && !Files.exists(file)) {
          SecureFiles.writeAtomically(file, UUID.randomUUID().toString());
        }
      }
    }
    throw new IOException("Another process holds " + lock + "; the working directory has no id.");
  }
}
