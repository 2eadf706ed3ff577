package dev.provisioner.proofs;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateDocument;
import dev.provisioner.state.StateStore;
import dev.provisioner.testkit.ForwardingStateStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes to a file what it is asked to write and whether it did, so that {@link Audit} can tell
 * afterwards who wrote what upon what. For one engine.
 */
public final class AuditedStore extends ForwardingStateStore {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final FileChannel log;
  private volatile String engine = "";

  /** Audits a store in a file that is not there yet. */
  public AuditedStore(StateStore store, Path log) throws IOException {
    super(store);
    this.log =
        FileChannel.open(
            log,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            StandardOpenOption.APPEND);
  }

  @Override
  public Optional<String> write(
      DocumentKey key, @Nullable String expected, @Nullable StateDocument document) {
    JsonNode tree = tree(Objects.requireNonNull(document));
    String id = tree.path("writeId").asText();
    ObjectNode rest = tree.deepCopy();
    rest.remove(List.of("signals", "writeId"));
    log(
        Audit.BEGUN,
        id,
        key.tenant().value(),
        expected == null ? Audit.NOTHING : expected,
        tree.path("token").asText(),
        engine,
        UUID.nameUUIDFromBytes(rest.toString().getBytes(UTF_8)).toString(),
        Long.toString(System.currentTimeMillis()));
    Optional<String> revision = super.write(key, expected, document);
    revision.ifPresent(made -> log(Audit.DONE, id, made));
    return revision;
  }

  @Override
  public Optional<Versioned> read(DocumentKey key) {
    Optional<Versioned> read = super.read(key);
    read.ifPresent(
        there ->
            log(Audit.READ, tree(there.document()).path("writeId").asText(), there.revision()));
    return read;
  }

  /** Returns a document as JSON. */
  public static JsonNode tree(StateDocument document) {
    try {
      return JSON.readTree(document.content());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void log(String... words) {
    try {
      log.write(ByteBuffer.wrap((String.join("\t", words) + "\n").getBytes(UTF_8)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public AutoCloseable announce(String engineId) {
    engine = engineId;
    return super.announce(engineId);
  }

  /** Returns the id of the engine on this store, or nothing yet. */
  public String engine() {
    return engine;
  }
}
