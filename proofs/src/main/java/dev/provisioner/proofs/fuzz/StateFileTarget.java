package dev.provisioner.proofs.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.provisioner.error.StateStoreException;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.FileStateStore;
import dev.provisioner.state.StateDocument;
import dev.provisioner.state.StateStore;
import dev.provisioner.state.StateStore.Listed;
import dev.provisioner.state.Summary;
import dev.provisioner.state.Summary.Lifecycle;
import dev.provisioner.state.Summary.RunStatus;
import dev.provisioner.tenant.TenantId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32C;

/**
 * Files of the file store. The first byte says whether the rest is a whole file, or a header and a
 * document that get a first line with a checksum that is right, which chance would never find.
 */
final class StateFileTarget implements Target {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final DocumentKey KEY = key("acme");
  private static final DocumentKey OTHER = key("other");

  private final Scratch scratch = Scratch.create();
  private final FileStateStore store = FileStateStore.open(scratch.path);
  private final Path file;
  private final byte[] whole;

  StateFileTarget() throws IOException {
    Summary summary = new Summary(Lifecycle.ACTIVE, RunStatus.SUCCEEDED, 1, NOON, NOON);
    store.write(KEY, null, new StateDocument("{\"n\":1}".getBytes(UTF_8), summary));
    file = scratch.tree().stream().filter(f -> f.endsWith("acme/state")).findFirst().orElseThrow();
    whole = Files.readAllBytes(file);
    store.write(OTHER, null, new StateDocument("{}".getBytes(UTF_8), summary));
  }

  private static DocumentKey key(String tenant) {
    return new DocumentKey("shop", "plan", TenantId.of(tenant));
  }

  @Override
  public List<byte[]> seeds() {
    byte[] padded = Arrays.copyOf(whole, 5000);
    return List.of(
        prefixed('w', whole, 0),
        prefixed('w', padded, 0),
        prefixed('h', whole, new String(whole, UTF_8).indexOf('\n') + 1));
  }

  private static byte[] prefixed(char form, byte[] bytes, int from) {
    byte[] seed = new byte[bytes.length - from + 1];
    seed[0] = (byte) form;
    System.arraycopy(bytes, from, seed, 1, bytes.length - from);
    return seed;
  }

  @Override
  public void read(byte[] input) throws IOException {
    if (input.length == 0) {
      return;
    }
    byte[] rest = Arrays.copyOfRange(input, 1, input.length);
    Files.write(file, input[0] == 'h' ? summed(rest) : rest);
    try {
      store.read(KEY).ifPresent(read -> Target.require(read.revision() != null, "it has one"));
    } catch (StateStoreException e) {
      // as documented
    }
    try {
      store.list(StateStore.Query.all("shop"), null, 10);
    } catch (StateStoreException e) {
      // as documented
    }
    // The other tenant is due, whatever is in this file.
    List<DocumentKey> due =
        store.due("shop", NOON.plusSeconds(1), 10).stream().map(Listed::key).toList();
    Target.require(due.contains(OTHER), "a damaged file hides no other");
    if (!due.contains(KEY)) {
      Files.write(file, whole); // its marker may have been taken for stale
      store.due("shop", NOON.plusSeconds(1), 10);
    }
  }

  private static byte[] summed(byte[] rest) {
    int line = 0;
    while (line < rest.length && rest[line] != '\n') {
      line++;
    }
    int length = Math.min(line + 1, rest.length);
    String unsummed = String.format(Locale.ROOT, "provisioner-state 0001 %08x ", length);
    CRC32C crc = new CRC32C();
    crc.update(unsummed.getBytes(UTF_8));
    crc.update(rest, 0, length);
    byte[] first =
        (unsummed + String.format(Locale.ROOT, "%08x\n", crc.getValue())).getBytes(UTF_8);
    byte[] all = Arrays.copyOf(first, first.length + rest.length);
    System.arraycopy(rest, 0, all, first.length, rest.length);
    return all;
  }

  @Override
  public void close() throws IOException {
    store.close();
    scratch.close();
  }
}
