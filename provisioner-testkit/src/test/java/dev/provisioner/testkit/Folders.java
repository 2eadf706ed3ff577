package dev.provisioner.testkit;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.util.Comparator.reverseOrder;

import dev.provisioner.spi.Attempt;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Kind;
import dev.provisioner.spi.Known;
import dev.provisioner.spi.Provisioned;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.spi.Removed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.stream.Stream;

/** A folder for each tenant. The file {@code .owner} in it says whose it is. */
record Folders(Path root) implements Provisioner<Folders.Spec, Folders.Folder> {
  record Spec(String readme) {}

  record Folder(String path) {}

  @Override
  public Kind<Spec, Folder> kind() {
    return Kind.of("folders", Spec.class, Folder.class);
  }

  @Override
  public Found<Folder> find(Known<Spec, Folder> known, Attempt attempt) throws IOException {
    Path folder = root.resolve(attempt.name());
    Path owner = folder.resolve(".owner");
    String marker = Files.exists(owner) ? Files.readString(owner) : null;
    return Files.notExists(folder)
        ? Found.absent()
        : Found.byMarker(marker, attempt, new Folder(folder.toString()));
  }

  @Override
  public Provisioned<Folder> provision(Spec spec, Attempt attempt) throws IOException {
    Path draft = Files.createTempDirectory(root, ".draft-");
    Files.writeString(draft.resolve("README"), spec.readme());
    Files.writeString(draft.resolve(".owner"), attempt.marker().text());
    // Folder and owner appear together. If files are there already this throws: look again.
    Path folder = Files.move(draft, root.resolve(attempt.name()), ATOMIC_MOVE);
    return Provisioned.done(new Folder(folder.toString()));
  }

  @Override
  public Removed deprovision(Known<Spec, Folder> known, Attempt attempt) throws IOException {
    if (find(known, attempt) instanceof Found.Ours) {
      Path folder = root.resolve(attempt.name());
      Path owner = folder.resolve(".owner");
      try (Stream<Path> files = Files.walk(folder).filter(file -> !file.equals(owner))) {
        for (Path file : files.skip(1).sorted(reverseOrder()).toList()) {
          Files.delete(file); // all but the folder itself and its owner: a crash leaves it ours
        }
      }
      Path gone = Files.move(folder, root.resolve(".gone-" + UUID.randomUUID()), ATOMIC_MOVE);
      Files.delete(gone.resolve(".owner"));
      Files.delete(gone);
    }
    return Removed.gone();
  }
}
