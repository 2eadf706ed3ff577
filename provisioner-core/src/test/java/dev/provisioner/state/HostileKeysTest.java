package dev.provisioner.state;

import static dev.provisioner.state.Sample.document;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.tenant.TenantId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tenant ids and names made to leave the store's directory, or to meet in one. */
final class HostileKeysTest {
  private static final List<String> HOSTILE =
      List.of(
          "..",
          "../x",
          "../../etc/passwd",
          "/etc/passwd",
          "C:\\x",
          "a/b",
          "a\\b",
          "a:b",
          "~",
          "con",
          "CON",
          "nul.txt",
          "com1",
          "state",
          "state.tmp",
          "acme",
          "Acme",
          "ACME",
          "acme.",
          "caf\u00e9",
          "cafe\u0301",
          "\u0430cme",
          "\u212a",
          "k",
          "K",
          "\u0130",
          "i\u0307",
          "\u00df",
          "ss",
          "\ufb01",
          "fi",
          "\u200bacme",
          "a".repeat(255),
          "a".repeat(256),
          "a".repeat(512),
          "\u00e9".repeat(256),
          "%2e%2e",
          "$(id)",
          "-rf",
          "*",
          "tenants",
          "plans",
          "due",
          "x_y");

  @TempDir Path home;

  @Test
  void everyKeyHasADirectoryOfItsOwnBelowTheStore() throws IOException {
    Path root = home.resolve("store");
    try (FileStateStore store = FileStateStore.open(root)) {
      List<DocumentKey> keys = new ArrayList<>();
      for (String text : HOSTILE) {
        keys.add(new DocumentKey("shop", "plan", TenantId.of(text)));
        keys.add(new DocumentKey("shop", text, TenantId.of("acme")));
        keys.add(new DocumentKey(text, "plan", TenantId.of("acme")));
      }
      keys = List.copyOf(new HashSet<>(keys));
      for (DocumentKey key : keys) {
        assertThat(store.write(key, null, document(key.toString()))).as("%s", key).isPresent();
      }
      for (DocumentKey key : keys) {
        assertThat(store.read(key).orElseThrow().document().content())
            .as("%s", key)
            .isEqualTo(key.toString().getBytes(UTF_8));
      }
    }
    try (Stream<Path> beside = Files.list(home)) {
      assertThat(beside).containsExactly(root);
    }
    assertFoldsToItself(root);
  }

  /** On a file system that ignores case or normalises, no two paths may become one. */
  private static void assertFoldsToItself(Path root) throws IOException {
    try (Stream<Path> tree = Files.walk(root)) {
      tree.map(path -> root.relativize(path).toString().replace("VERSION", "version"))
          .forEach(
              path -> {
                assertThat(path).matches("[a-z0-9_/.-]*|.*/due/.*");
                String folded = Normalizer.normalize(path, Normalizer.Form.NFKC);
                assertThat(folded).isEqualTo(path);
              });
    }
  }

  @Test
  void lookAlikesNeverShareAFileName() {
    String alphabet = "aA\u0430\u00e0\u0301kK\u212ai\u0130\u0131./\\ -_:%0Oo\u03bf\u200b";
    Random random = new Random(1);
    Set<String> texts = new HashSet<>();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < 30_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = 1 + random.nextInt(8); n > 0; n--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      String name = FileNames.of(text.toString());
      assertThat(FileNames.isName(name)).isTrue();
      assertThat(names.add(name.toLowerCase(Locale.ROOT)))
          .as("%s", text)
          .isEqualTo(texts.add(text.toString()));
    }
  }
}
