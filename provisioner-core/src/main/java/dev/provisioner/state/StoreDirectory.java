package dev.provisioner.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.provisioner.error.StateStoreException;
import java.io.IOError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.AccessMode;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The store's directory: what makes it one, and the directories in it that are made once and never
 * removed. The file {@code VERSION} comes first and says how the rest is laid out.
 */
final class StoreDirectory {
  private static final String VERSION_FILE = "VERSION";
  private static final String VERSION = "provisioner file store, layout 1\n";
  private static final String TEMPORARY = "VERSION.tmp-";
  private static final Set<String> NOBODYS = Set.of("lost+found", ".DS_Store");

  private final Path root;
  private final Disk disk;
  private final Set<Path> durable = ConcurrentHashMap.newKeySet();

  private StoreDirectory(Path root, Disk disk) {
    this.root = root;
    this.disk = disk;
  }

  static void requireDefaultFileSystem(Path directory) {
    if (!directory.getFileSystem().equals(FileSystems.getDefault())) {
      throw new StateStoreException(
          "Cannot open a file state store at "
              + directory
              + ": it is not on the default file system, and only there are locks known to work."
              + " Name a local directory.");
    }
  }

  static StoreDirectory open(Path directory) {
    Path absolute;
    try {
      absolute = directory.toAbsolutePath().normalize();
    } catch (IOError | SecurityException e) {
      throw new StateStoreException(
          "Cannot open a file state store at "
              + directory
              + ": the working directory is not known. Name an absolute path.",
          e);
    }
    try {
      return openAbsolute(absolute);
    } catch (IOException e) {
      throw Failures.cannotWrite(
          "open a file state store at " + absolute, "No state was changed.", e, absolute);
    }
  }

  private static StoreDirectory openAbsolute(Path absolute) throws IOException {
    if (Files.exists(absolute) && !Files.isDirectory(absolute)) {
      throw refused(absolute, "it is a file. Name a directory, which may be new.");
    }
    Disk disk = new Disk(absolute);
    Files.createDirectories(absolute, disk.ownerOnly("rwx------"));
    Path root = absolute.toRealPath();
    try {
      root.getFileSystem().provider().checkAccess(root, AccessMode.WRITE);
    } catch (AccessDeniedException e) {
      throw refused(
          root,
          "this process may not write there. Give its user the directory (0700), and try again.");
    }
    StoreDirectory opened = new StoreDirectory(root, disk);
    opened.requireOrWriteVersion();
    return opened;
  }

  Path root() {
    return root;
  }

  Disk disk() {
    return disk;
  }

  /** Makes a directory that is never removed, and those it lies in, durably. */
  void make(Path directory) throws IOException {
    if (directory.equals(root) || durable.contains(directory)) {
      return;
    }
    Path parent = directory.getParent();
    if (parent == null) {
      throw new IllegalArgumentException(directory + " does not lie in " + root);
    }
    make(parent);
    disk.makeDirectory(directory);
    // Also if it was there: who made it may not have come to syncing it yet.
    disk.sync(parent);
    durable.add(directory);
  }

  /**
   * Refuses to go on if the store's directory is not there any more: a volume that was unmounted
   * must not look like a store without tenants.
   */
  void requirePresent() throws IOException {
    try {
      BasicFileAttributes unused =
          Files.readAttributes(root.resolve(VERSION_FILE), BasicFileAttributes.class);
    } catch (IOException e) {
      durable.clear();
      throw e;
    }
  }

  /** Refuses to go on if not even the file that every store has can be read. */
  void requireReadable() throws IOException {
    if (!hasKnownVersion()) {
      requirePresent();
    }
  }

  /** Looks anew, before it is next needed, for every directory that was known to be there. */
  void forget() {
    durable.clear();
  }

  private void requireOrWriteVersion() throws IOException {
    if (!hasKnownVersion()) {
      List<String> others =
          disk.names(root, name -> !NOBODYS.contains(name) && !name.startsWith(TEMPORARY));
      if (others.isEmpty()) {
        writeVersion();
      } else if (!hasKnownVersion()) { // else another process was first
        throw refused(
            root,
            "it holds '"
                + others.get(0)
                + "' but no file VERSION, so it is not a store. Name an empty or a new directory,"
                + " or restore VERSION from a backup.");
      }
    }
    for (String left : disk.names(root, name -> name.startsWith(TEMPORARY))) {
      disk.deleteIfPossible(root.resolve(left));
    }
    // Also if VERSION was there: an opening that was killed may not have come to syncing it.
    disk.sync(root);
  }

  private boolean hasKnownVersion() throws IOException {
    try {
      requireKnown(new String(disk.readStart(root.resolve(VERSION_FILE), 200), UTF_8));
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private void writeVersion() throws IOException {
    syncParents();
    // Processes that open a new directory at once all put the same file there.
    Path temporary = root.resolve(TEMPORARY + UUID.randomUUID());
    try {
      disk.writeSynced(temporary, ByteBuffer.wrap(VERSION.getBytes(UTF_8)));
      disk.replace(temporary, root.resolve(VERSION_FILE));
    } catch (IOException e) {
      disk.deleteIfPossible(temporary);
      if (!hasKnownVersion()) { // else another process was first and has tidied up
        throw e;
      }
    }
  }

  /**
   * Makes the store's directory, and those it lies in, survive a crash of the machine. Any of them
   * may be new: made just now, or by an opening that was killed.
   */
  private void syncParents() throws IOException {
    try {
      for (Path parent = root.getParent(); parent != null; parent = parent.getParent()) {
        disk.sync(parent);
      }
    } catch (AccessDeniedException e) {
      // Whoever may not read a directory did not make it, nor those above.
    }
  }

  private void requireKnown(String version) {
    if (!version.equals(VERSION)) {
      throw refused(
          root,
          "its file VERSION says '"
              + version.strip()
              + "' and this release knows '"
              + VERSION.strip()
              + "'. Use the release that wrote it.");
    }
  }

  private static StateStoreException refused(Path directory, String why) {
    return new StateStoreException("Cannot open a file state store at " + directory + ": " + why);
  }
}
