package dev.provisioner.proofs.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A directory for a target, removed when the target is closed. */
final class Scratch implements AutoCloseable {
  final Path path;

  private Scratch(Path path) {
    this.path = path;
  }

  static Scratch create() throws IOException {
    return new Scratch(Files.createTempDirectory("provisioner-fuzz-").toRealPath());
  }

  /** Returns everything in it. */
  List<Path> tree() throws IOException {
    try (Stream<Path> tree = Files.walk(path)) {
      return tree.sorted(Comparator.reverseOrder()).toList();
    }
  }

  @Override
  public void close() throws IOException {
    for (Path each : tree()) {
      Files.delete(each);
    }
  }
}
