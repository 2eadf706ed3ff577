package dev.provisioner.internal.json;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.provisioner.secret.Secret;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Values of the kinds that hosts record. */
final class Samples {
  static final String CANARY = "cAnArY-7f3c";

  private Samples() {}

  enum Size {
    SMALL,
    LARGE
  }

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Shape.Login.class, name = "login"),
    @JsonSubTypes.Type(value = Shape.Open.class, name = "open")
  })
  sealed interface Shape {
    record Login(String user, Secret password) implements Shape {}

    record Open() implements Shape {}
  }

  record Everything(
      String text,
      int number,
      long big,
      BigDecimal exact,
      double fraction,
      float single,
      boolean yes,
      Size size,
      Duration duration,
      Instant instant,
      LocalDate day,
      ZoneId zone,
      Path path,
      URI uri,
      Set<String> set,
      List<Shape> shapes,
      Map<LocalDate, List<Secret>> secrets,
      Map<String, Object> loose,
      @Nullable Secret absent) {}

  record Database(String host, Secret password) {
    String getUrl() {
      return "jdbc://" + host + "?password=" + password.reveal();
    }

    boolean isOpen() {
      return password.reveal().isEmpty();
    }
  }

  record Hosts(List<Database> hosts) {}

  record Loose(Object value) {}

  static final class Bytes {
    public byte[] bytes = {};
  }

  record Maybe(Optional<String> name) {}

  record Texts(List<String> texts, String name) {}

  record Holder(Object content) {}

  record Numbers(int count) {}

  record Strict(String name) {
    Strict {
      if (name.contains(CANARY)) {
        throw new IllegalArgumentException("bad: " + name);
      }
    }
  }

  static final class Leaky {
    public String getName() {
      return List.of("cannot read " + CANARY).iterator().next().transform(Leaky::fail);
    }

    private static String fail(String message) {
      throw new IllegalStateException(message);
    }
  }

  record Loaded(Class<?> type) {}

  static String chain(@Nullable Throwable thrown) {
    StringBuilder all = new StringBuilder();
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      all.append(t).append('\n');
      for (Throwable suppressed : t.getSuppressed()) {
        all.append(chain(suppressed));
      }
    }
    return all.toString();
  }

  static byte[] key(int fill) {
    byte[] key = new byte[32];
    Arrays.fill(key, (byte) fill);
    return key;
  }
}
