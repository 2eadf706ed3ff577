package dev.provisioner.samples.quickstart;

import dev.provisioner.error.PermanentException;
import dev.provisioner.spi.Attempt;
import dev.provisioner.spi.Change;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Kind;
import dev.provisioner.spi.Known;
import dev.provisioner.spi.Provisioned;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.spi.Removed;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Folders with text files. A folder appears in one step, its marker already in it, so that there is
 * never one of which nobody knows whose it is.
 */
final class Folders implements Provisioner<FolderSpec, Folder> {
  static final String MARKER = ".provisioner";
  private static final Kind<FolderSpec, Folder> KIND =
      Kind.of("folder", FolderSpec.class, Folder.class);

  private final Path root;
  private final Consumer<Attempt> midway;

  /**
   * Creates it.
   *
   * @param midway is called in the middle of making or changing a folder; to crash there
   */
  Folders(Path root, Consumer<Attempt> midway) throws IOException {
    this.root = Files.createDirectories(root);
    this.midway = midway;
  }

  @Override
  public Kind<FolderSpec, Folder> kind() {
    return KIND;
  }

  @Override
  public Found<Folder> find(Known<FolderSpec, Folder> known, Attempt attempt) throws IOException {
    Path folder = root.resolve(attempt.name());
    if (!Files.exists(folder)) {
      return Found.absent();
    }
    Found<Folder> found = Found.byMarker(owner(folder), attempt, new Folder(attempt.name()));
    List<String> differences = differences(folder, known.spec());
    return found instanceof Found.Ours<Folder> && !differences.isEmpty()
        ? new Found.Incomplete<>(new Folder(attempt.name()), differences)
        : found;
  }

  @Override
  public Provisioned<Folder> provision(FolderSpec spec, Attempt attempt) throws IOException {
    Path folder = root.resolve(attempt.name());
    if (Files.exists(folder)) {
      requireOurs(folder, attempt);
      write(folder, spec, attempt);
    } else {
      Path draft = Files.createTempDirectory(root, ".draft-");
      Files.writeString(draft.resolve(MARKER), attempt.marker().text());
      write(draft, spec, attempt);
      Files.move(draft, folder, StandardCopyOption.ATOMIC_MOVE);
    }
    return Provisioned.done(new Folder(attempt.name()));
  }

  @Override
  public Change change(Known<FolderSpec, Folder> current, FolderSpec wanted) {
    return Change.update();
  }

  @Override
  public Provisioned<Folder> update(
      Known<FolderSpec, Folder> current, FolderSpec wanted, Attempt attempt) throws IOException {
    for (String file : current.spec().files().keySet()) {
      if (!wanted.files().containsKey(file)) {
        Files.deleteIfExists(root.resolve(attempt.name()).resolve(file));
      }
    }
    return provision(wanted, attempt);
  }

  @Override
  public Removed deprovision(Known<FolderSpec, Folder> known, Attempt attempt) throws IOException {
    Path folder = root.resolve(attempt.name());
    if (Files.exists(folder)) {
      requireOurs(folder, attempt);
      Path trash = Files.createTempDirectory(root, ".trash-");
      Files.move(folder, trash.resolve("folder"), StandardCopyOption.ATOMIC_MOVE);
      Trees.delete(trash);
    }
    return Removed.gone();
  }

  private void write(Path folder, FolderSpec spec, Attempt attempt) throws IOException {
    for (Map.Entry<String, String> file : new TreeMap<>(spec.files()).entrySet()) {
      Path draft = Files.createTempFile(root, ".draft-", ".txt");
      Files.writeString(draft, file.getValue());
      midway.accept(attempt);
      replace(draft, folder.resolve(file.getKey()));
      attempt.progress("wrote " + file.getKey());
    }
  }

  /** The engine has asked find(); what is not provably ours is not touched all the same. */
  private static void requireOurs(Path folder, Attempt attempt) throws IOException {
    if (!attempt.marker().text().equals(owner(folder))) {
      throw new PermanentException(
          "The folder " + folder + " was not made for this tenant and step. Nothing was touched.");
    }
  }

  private static @Nullable String owner(Path folder) throws IOException {
    Path marker = folder.resolve(MARKER);
    return Files.exists(marker) ? Files.readString(marker) : null;
  }

  private static void replace(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static List<String> differences(Path folder, FolderSpec spec) throws IOException {
    List<String> differences = new ArrayList<>();
    for (Map.Entry<String, String> file : new TreeMap<>(spec.files()).entrySet()) {
      Path path = folder.resolve(file.getKey());
      if (!Files.exists(path)) {
        differences.add(file.getKey() + " is gone");
      } else if (!Files.readString(path).equals(file.getValue())) {
        differences.add(file.getKey() + " was changed");
      }
    }
    return differences;
  }
}
