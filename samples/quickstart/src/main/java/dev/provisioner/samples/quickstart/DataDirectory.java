package dev.provisioner.samples.quickstart;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.provisioner.secret.AesGcmCipher;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where everything is kept: the library's state, the keyring, and the world the tenants live in.
 */
final class DataDirectory implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NOTE = "quickstart.json";

  private final Path root;
  private final FileChannel channel;

  private DataDirectory(Path root, FileChannel channel) {
    this.root = root;
    this.channel = channel;
  }

  static DataDirectory open(Path root) throws IOException {
    if (Files.exists(root) && !Files.isDirectory(root)) {
      throw new UsageException("The data directory " + root + " is a file.");
    }
    if (!exists(root) && !Trees.isEmpty(root)) {
      throw new UsageException(
          "The data directory "
              + root
              + " holds other things and was not made by this sample."
              + " Name another with --data DIR.");
    }
    Files.createDirectories(root);
    FileChannel channel =
        FileChannel.open(
            root.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = channel.tryLock();
    if (lock == null) {
      channel.close();
      throw new UsageException(
          "This sample is at work in " + root + " already. Wait for it, or use --data DIR.");
    }
    return new DataDirectory(root, channel);
  }

  /** Returns whether this sample has made the directory. */
  static boolean exists(Path root) {
    return Files.exists(root.resolve(NOTE)) || Files.exists(root.resolve(".lock"));
  }

  Path path(String name) {
    return root.resolve(name);
  }

  /** Returns the kind of world that was chosen when the directory was made. */
  Optional<World.Kind> kind() throws IOException {
    Path note = path(NOTE);
    return Files.exists(note)
        ? Optional.of(World.Kind.valueOf(JSON.readTree(note.toFile()).path("world").asText()))
        : Optional.empty();
  }

  void kind(World.Kind kind) throws IOException {
    write(NOTE, Map.of("world", kind.name()));
  }

  /** Returns the tenants that {@code --change} has given another size than the file says. */
  Map<String, Size> changes() throws IOException {
    Path file = path("changes.json");
    return Files.exists(file)
        ? JSON.readValue(file.toFile(), new TypeReference<LinkedHashMap<String, Size>>() {})
        : Map.of();
  }

  void changes(Map<String, Size> changes) throws IOException {
    write("changes.json", changes);
  }

  AesGcmCipher cipher() {
    Path keyring = path("keyring");
    return Files.exists(keyring)
        ? AesGcmCipher.fromFile(keyring)
        : AesGcmCipher.createFile(keyring);
  }

  /** Deletes everything. */
  void delete() throws IOException {
    channel.close();
    Trees.delete(root);
  }

  private void write(String name, Map<String, ?> values) throws IOException {
    Path draft = path(name + ".new");
    Files.writeString(draft, JSON.writeValueAsString(values));
    Files.move(
        draft, path(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
