package dev.provisioner.state;

import dev.provisioner.error.StateStoreException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Says of a file operation that failed what it was, what stands, and what to do. */
final class Failures {
  private static final long NEARLY_FULL_BYTES = 1 << 20;

  private Failures() {}

  /**
   * Returns the exception.
   *
   * @param attempted continues "Cannot "
   * @param stands a sentence
   */
  static StateStoreException cannot(String attempted, String stands, IOException e) {
    return new StateStoreException(
        "Cannot " + attempted + ": " + reason(e) + ". " + stands + " " + advice(e), e);
  }

  /** Returns the exception for a file whose content is not what was written. */
  static StateStoreException damaged(Path file, StateFile.Damaged e) {
    return new StateStoreException(
        "The state file "
            + file
            + " cannot be read: "
            + e.getMessage()
            + ". It was left as it is; no other tenant is affected. Restore it from a backup, or"
            + " move its directory out of the store and see to the tenant's resources by hand.",
        e);
  }

  private static String reason(IOException e) {
    if (e instanceof NoSuchFileException missing) {
      return missing.getFile() + " is not there";
    }
    if (e instanceof AccessDeniedException denied) {
      return "access to " + denied.getFile() + " was denied";
    }
    return e instanceof FileSystemException ? String.valueOf(e.getMessage()) : e.toString();
  }

  private static String advice(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "Somebody removed the store's files or unmounted its volume: bring them back and try"
          + " again.";
    }
    if (e instanceof AccessDeniedException) {
      return "Give the user of this process its files (0600) and directories (0700), and try"
          + " again.";
    }
    return "Look at the volume (is it full, read-only, or failing?) and at the limits of this process"
        + " (open files, locks), and try again.";
  }

  /** Returns the exception for a write, which says whether the volume is full or read-only. */
  static StateStoreException cannotWrite(
      String attempted, String stands, IOException e, Path directory) {
    try {
      FileStore volume = Files.getFileStore(directory);
      if (volume.isReadOnly()) {
        return cannot(attempted, stands + " The volume of " + directory + " is read-only.", e);
      }
      if (volume.getUsableSpace() < NEARLY_FULL_BYTES) {
        return cannot(attempted, stands + " The volume of " + directory + " is full.", e);
      }
    } catch (IOException unknown) {
      e.addSuppressed(unknown);
    }
    return cannot(attempted, stands, e);
  }
}
