package dev.provisioner.terraform;

import dev.provisioner.error.PermanentException;
import dev.provisioner.error.TransientException;
import dev.provisioner.spi.Attempt;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The directory of one stack.
 *
 * <pre>
 * name/marker              whose it is
 *      lock                held by the engine that works on it
 *      running.json        the Terraform process that works on it
 *      applied.json        what was applied; missing while an apply is under way or has broken off
 *      state/              Terraform's state
 *      work/module, data   the module as applied, with the variables; TF_DATA_DIR
 *      next/module, data   the same, being planned
 *      old/module, data    the same, just replaced
 * </pre>
 */
final class StackDirectory {
  static final String OVERRIDE = "zz_provisioner_override.tf.json";
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,62}");
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

  private final StackRoot root;
  private final String name;
  private final Path path;

  StackDirectory(StackRoot root, Attempt attempt) {
    this.root = root;
    this.name = attempt.name();
    if (!NAME.matcher(name).matches()) {
      throw new PermanentException("'" + name + "' is no name for a stack's directory.");
    }
    this.path = root.path().resolve(name);
  }

  Path path() {
    return path;
  }

  boolean exists() {
    return Files.isDirectory(path);
  }

  /** Returns the marker's text, if there is one. */
  Optional<String> marker() throws IOException {
    try {
      return Optional.of(Files.readString(path.resolve("marker")).strip());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  boolean isOf(Attempt attempt) throws IOException {
    return marker().equals(Optional.of(attempt.marker().text()));
  }

  /** Creates the directory with its marker, both or neither; or verifies the one that is there. */
  void create(Attempt attempt) throws IOException {
    if (!exists()) {
      Path made = root.path().resolve(".new-" + name + "-" + UUID.randomUUID());
      SecureFiles.createDirectories(made.resolve("state"));
      SecureFiles.writeAtomically(made.resolve("marker"), attempt.marker().text());
      try {
        Files.move(made, path, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException e) {
        throw e;
      } catch (FileSystemException e) {
        SecureFiles.deleteTree(made); // somebody else has just made it: the marker says who
      }
      root.forgetRemoval(name);
    }
    requireOwned(attempt);
  }

  void requireOwned(Attempt attempt) throws IOException {
    if (!isOf(attempt)) {
      throw new PermanentException(
          "The stack's directory "
              + path
              + " carries another marker: "
              + marker().orElse("none")
              + ". Nothing was touched.");
    }
  }

  /** Takes the lock against other engines on this machine, and waits for no one. */
  Optional<DirectoryLock> tryLock() throws IOException {
    return DirectoryLock.tryLock(path.resolve("lock"));
  }

  /** Takes the lock, or refuses to go on. */
  DirectoryLock lock() throws IOException {
    return tryLock()
        .orElseThrow(
            () ->
                new TransientException(
                    "Another call works on the stack in " + path + ".", LOOK_AGAIN, null));
  }

  /** Names the Terraform process of an earlier engine that still works here, or returns empty. */
  Optional<String> running() throws IOException {
    return RunningCall.alive(TerraformCall.noteOf(path))
        .map(
            running ->
                "terraform "
                    + running.command()
                    + " (pid "
                    + running.pid()
                    + "), which an earlier engine started; it ends by itself");
  }

  /** Refuses to go on while a Terraform process of an earlier engine still works here. */
  void requireIdle() throws IOException {
    Optional<String> running = running();
    if (running.isPresent()) {
      throw new TransientException("Still at work: " + running.get() + ".", LOOK_AGAIN, null);
    }
  }

  Path work() {
    return path.resolve("work");
  }

  Path next() {
    return path.resolve("next");
  }

  /** Where the applied tree is between being work and being deleted; a crash may leave it there. */
  private Path old() {
    return path.resolve("old");
  }

  /** Returns the module as it was applied, or was to be applied first; empty before that. */
  Optional<ModuleTree> current() throws IOException {
    Optional<ModuleTree> work = ModuleTree.open(work());
    Optional<ModuleTree> applied = work.isPresent() ? work : ModuleTree.open(old());
    return applied.isPresent() ? applied : ModuleTree.open(next());
  }

  /** Makes what was planned what is applied. */
  ModuleTree promote(ModuleTree planned) throws IOException {
    SecureFiles.deleteTree(old());
    if (Files.exists(work())) {
      Files.move(work(), old(), StandardCopyOption.ATOMIC_MOVE);
    }
    Files.move(next(), work(), StandardCopyOption.ATOMIC_MOVE);
    SecureFiles.deleteTree(old());
    return new ModuleTree(work(), planned.module());
  }

  Optional<Applied> applied() throws IOException {
    return Applied.read(appliedFile());
  }

  void setApplied(Applied applied) throws IOException {
    applied.write(appliedFile());
  }

  /** Notes that from now on the backend may differ from what was applied. */
  void unsetApplied() throws IOException {
    Files.deleteIfExists(appliedFile());
  }

  boolean hasState() {
    return Files.exists(path.resolve("state").resolve("terraform.tfstate"));
  }

  /** Takes away what Terraform's own file modes grant to others. */
  void tighten() throws IOException {
    try (Stream<Path> files = Files.list(path.resolve("state"))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        SecureFiles.tighten(file);
      }
    }
  }

  /** Removes the directory at once, after noting that it was we who did. */
  void remove(Attempt attempt) throws IOException {
    root.noteRemoval(name, attempt.marker().text());
    root.discard(path);
  }

  private Path appliedFile() {
    return path.resolve("applied.json");
  }
}
