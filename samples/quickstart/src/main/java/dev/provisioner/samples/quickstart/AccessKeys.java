package dev.provisioner.samples.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.provisioner.error.PermanentException;
import dev.provisioner.secret.Secret;
import dev.provisioner.spi.Attempt;
import dev.provisioner.spi.Change;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Kind;
import dev.provisioner.spi.Known;
import dev.provisioner.spi.Provisioned;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.spi.Removed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Access keys, each in a file that only its owner can read. A key is chosen by us and remembered
 * before it is used: after a crash the next attempt writes the same key, not another one.
 */
final class AccessKeys implements Provisioner<AccessKeySpec, AccessKey> {
  private static final Kind<AccessKeySpec, AccessKey> KIND =
      Kind.of("access-key", AccessKeySpec.class, AccessKey.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path root;
  private final Consumer<Attempt> midway;

  AccessKeys(Path root, Consumer<Attempt> midway) throws IOException {
    this.root = Files.createDirectories(root);
    this.midway = midway;
  }

  @Override
  public Kind<AccessKeySpec, AccessKey> kind() {
    return KIND;
  }

  @Override
  public Found<AccessKey> find(Known<AccessKeySpec, AccessKey> known, Attempt attempt)
      throws IOException {
    Path file = file(attempt);
    if (!Files.exists(file)) {
      return Found.absent();
    }
    JsonNode json = JSON.readTree(Files.readString(file));
    AccessKey key =
        new AccessKey(json.path("keyId").asText(), Secret.of(json.path("secret").asText()));
    Found<AccessKey> found = Found.byMarker(json.path("marker").asText(null), attempt, key);
    boolean exchanged = known.output().isPresent() && !known.output().get().equals(key);
    return found instanceof Found.Ours<AccessKey> && exchanged
        ? Found.incomplete(key, "the key is not the one that was issued")
        : found;
  }

  @Override
  public Provisioned<AccessKey> provision(AccessKeySpec spec, Attempt attempt) throws IOException {
    requireOurs(attempt);
    AccessKey key =
        attempt.remembered("key", AccessKey.class).orElseGet(() -> remember(generate(), attempt));
    midway.accept(attempt);
    Path draft = Files.createTempFile(root, ".draft-", ".json"); // readable by its owner only
    String text =
        Contents.json(
            Map.of(
                "keyId", key.keyId(),
                "secret", key.secret().reveal(),
                "workspace", spec.workspace(),
                "marker", attempt.marker().text()));
    Files.writeString(draft, text);
    Files.move(draft, file(attempt), StandardCopyOption.ATOMIC_MOVE);
    return Provisioned.done(key);
  }

  @Override
  public Change change(Known<AccessKeySpec, AccessKey> current, AccessKeySpec wanted) {
    return Change.replace("a key belongs to one workspace");
  }

  @Override
  public Removed deprovision(Known<AccessKeySpec, AccessKey> known, Attempt attempt)
      throws IOException {
    requireOurs(attempt);
    Files.deleteIfExists(file(attempt));
    return Removed.gone();
  }

  /** The engine has asked find(); what is not provably ours is not touched all the same. */
  private void requireOurs(Attempt attempt) throws IOException {
    Path file = file(attempt);
    if (Files.exists(file)) {
      String owner = JSON.readTree(Files.readString(file)).path("marker").asText("");
      if (!owner.equals(attempt.marker().text())) {
        throw new PermanentException(
            "The key " + file + " was not made for this tenant and step. Nothing was touched.");
      }
    }
  }

  private static AccessKey remember(AccessKey key, Attempt attempt) {
    attempt.remember("key", key);
    return key;
  }

  private static AccessKey generate() {
    return new AccessKey("key-" + random(8), Secret.of(random(24)));
  }

  private static String random(int bytes) {
    byte[] random = new byte[bytes];
    RANDOM.nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  private Path file(Attempt attempt) {
    return root.resolve(attempt.name() + ".json");
  }
}
