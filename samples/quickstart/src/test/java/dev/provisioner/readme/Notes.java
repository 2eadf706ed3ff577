package dev.provisioner.readme;

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

/** A file for each tenant. Its first line says whose it is. */
record Notes(Path root) implements Provisioner<Notes.Spec, Notes.Note> {
  record Spec(String text) {}

  record Note(String path) {}

  @Override
  public Kind<Spec, Note> kind() {
    return Kind.of("note", Spec.class, Note.class);
  }

  @Override
  public Found<Note> find(Known<Spec, Note> known, Attempt attempt) throws IOException {
    Path file = root.resolve(attempt.name());
    return Files.notExists(file)
        ? Found.absent()
        : Found.byMarker(firstLine(file), attempt, new Note(file.toString()));
  }

  @Override
  public Provisioned<Note> provision(Spec spec, Attempt attempt) throws IOException {
    Path draft = Files.createTempFile(root, ".draft", "");
    Files.writeString(draft, attempt.marker().text() + "\n" + spec.text());
    Path file = Files.createLink(root.resolve(attempt.name()), draft); // throws if it is there
    Files.delete(draft);
    return Provisioned.done(new Note(file.toString()));
  }

  @Override
  public Removed deprovision(Known<Spec, Note> known, Attempt attempt) throws IOException {
    if (find(known, attempt) instanceof Found.Ours) {
      Files.delete(root.resolve(attempt.name()));
    }
    return Removed.gone();
  }

  private static String firstLine(Path file) throws IOException {
    return Files.readString(file).lines().findFirst().orElse("");
  }
}
