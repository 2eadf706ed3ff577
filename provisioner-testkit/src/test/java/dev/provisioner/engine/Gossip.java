package dev.provisioner.engine;

import dev.provisioner.error.AmbiguousException;
import dev.provisioner.error.PermanentException;
import dev.provisioner.error.TransientException;
import dev.provisioner.secret.Secret;
import dev.provisioner.spi.Attempt;
import dev.provisioner.spi.Change;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Kind;
import dev.provisioner.spi.Known;
import dev.provisioner.spi.Provisioned;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.spi.Removed;
import dev.provisioner.testkit.SecretCanary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Accounts of a backend that quotes every secret it knows wherever it says anything. */
final class Gossip implements Provisioner<Gossip.Spec, Gossip.Account> {
  record Login(String user, Secret password) {}

  /** Secrets at any depth. */
  record Spec(String user, Secret password, List<Login> more, Map<String, Secret> byName) {}

  record Account(String id, Secret token, List<Login> more) {}

  /** How it misbehaves, besides talking. */
  enum Mode {
    WELL,
    THROWS_IO,
    THROWS_WITH_CAUSE,
    THROWS_TRANSIENT,
    THROWS_PERMANENT,
    THROWS_AMBIGUOUS,
    THROWS_ERROR,
    LOSES_RESPONSE,
    FOREIGN,
    UNMARKED,
    AMBIGUOUS,
    BUSY,
    INCOMPLETE,
    PENDING,
    HANDLE,
    HANDLE_OF_REMOVAL,
    OUTPUT,
    REMEMBERS_IN_CLEAR,
    REFUSES_CHANGE,
    REPLACES,
    CANNOT_JUDGE,
    ON_CANCEL
  }

  private static final Duration SECOND = Duration.ofSeconds(1);

  final SecretCanary token = SecretCanary.create();
  final SecretCanary remembered = SecretCanary.create();
  volatile Mode mode = Mode.WELL;
  private final Map<String, String> standing = new ConcurrentHashMap<>();

  /** Returns the secrets of a spec in the forms in which clients quote what they have sent. */
  static String quoted(Spec spec, String... others) {
    StringBuilder text = new StringBuilder("quotes");
    Map<String, Secret> all = new HashMap<>(spec.byName());
    all.put("password", spec.password());
    spec.more().forEach(login -> all.put(login.user(), login.password()));
    all.values().forEach(secret -> append(text, secret.reveal()));
    for (String other : others) {
      append(text, other);
    }
    return text.toString();
  }

  private static void append(StringBuilder text, String secret) {
    String json = secret.replace("\\", "\\\\").replace("\"", "\\\"");
    byte[] basic = ("user:" + secret).getBytes(StandardCharsets.UTF_8);
    text.append(" plain ").append(secret);
    text.append(" json {\"password\":\"").append(json).append("\"}");
    text.append(" url ?p=").append(URLEncoder.encode(secret, StandardCharsets.UTF_8));
    text.append(" basic ").append(Base64.getEncoder().encodeToString(basic));
  }

  @Override
  public Kind<Spec, Account> kind() {
    return Kind.of("gossip", Spec.class, Account.class);
  }

  private Account account(Spec spec) {
    Secret secret = token.secret();
    return new Account("id-1", secret, List.of(new Login(spec.user(), secret)));
  }

  private String all(Spec spec) {
    return quoted(spec, token.value(), remembered.value());
  }

  @Override
  public Found<Account> find(Known<Spec, Account> known, Attempt attempt) {
    String quoted = quoted(known.spec());
    Account account = account(known.spec());
    return switch (mode) {
      case FOREIGN -> Found.foreign(quoted);
      case UNMARKED -> Found.unmarked(quoted);
      case AMBIGUOUS -> Found.ambiguous(quoted);
      case BUSY -> Found.busy(SECOND, quoted);
      case INCOMPLETE -> Found.incomplete(account, quoted(known.spec(), token.value()));
      default -> standing.containsKey(attempt.name()) ? Found.ours(account) : Found.absent();
    };
  }

  @Override
  public Found<Account> inspect(Known<Spec, Account> known, Attempt attempt) {
    return mode == Mode.WELL
        ? Found.incomplete(account(known.spec()), all(known.spec()))
        : find(known, attempt);
  }

  @Override
  public Provisioned<Account> provision(Spec spec, Attempt attempt) throws IOException {
    attempt.remember("key", remembered.secret());
    attempt.progress(quoted(spec, remembered.value()));
    String quoted = quoted(spec, remembered.value());
    switch (mode) {
      case THROWS_IO -> throw new IOException(quoted);
      case THROWS_WITH_CAUSE -> {
        IllegalStateException thrown =
            new IllegalStateException(quoted, new IOException(quoted, new IOException(quoted)));
        thrown.addSuppressed(new UncheckedIOException(quoted, new IOException(quoted)));
        throw thrown;
      }
      case THROWS_TRANSIENT -> throw new TransientException(quoted);
      case THROWS_PERMANENT -> throw new PermanentException(quoted, new IOException(quoted));
      case THROWS_AMBIGUOUS -> throw new AmbiguousException(quoted);
      case THROWS_ERROR -> throw new AssertionError(quoted);
      case INCOMPLETE -> throw new PermanentException(all(spec)); // which find has just told
      case PENDING -> {
        return Provisioned.pending("operation-1", SECOND, quoted);
      }
      case HANDLE -> {
        return Provisioned.pending(quoted, SECOND, quoted);
      }
      case OUTPUT -> {
        standing.put(attempt.name(), spec.user());
        return Provisioned.done(new Account(quoted, spec.password(), List.of()));
      }
      case REMEMBERS_IN_CLEAR -> attempt.remember("more", List.of(Map.of(quoted, "x")));
      case ON_CANCEL -> {
        attempt.onCancel(
            () -> {
              throw new IllegalStateException(quoted, new IOException(quoted));
            });
        awaitCancellation(attempt);
      }
      default -> standing.put(attempt.name(), spec.user());
    }
    if (mode == Mode.LOSES_RESPONSE) {
      mode = Mode.WELL;
      throw new IOException(quoted);
    }
    return Provisioned.done(account(spec));
  }

  private static void awaitCancellation(Attempt attempt) throws IOException {
    while (!attempt.cancelled()) {
      Thread.onSpinWait();
    }
    throw new IOException("gave up");
  }

  @Override
  public Provisioned<Account> poll(String handle, Spec spec, Attempt attempt) throws IOException {
    mode = Mode.WELL;
    throw new IOException(quoted(spec, remembered.value()));
  }

  @Override
  public Change change(Known<Spec, Account> current, Spec wanted) {
    String quoted = quoted(current.spec(), token.value()) + quoted(wanted);
    return switch (mode) {
      case REFUSES_CHANGE -> Change.refused(quoted);
      case REPLACES -> Change.replace(quoted);
      case CANNOT_JUDGE -> throw new IllegalStateException(quoted, new IOException(quoted));
      default -> Change.update();
    };
  }

  @Override
  public Provisioned<Account> update(Known<Spec, Account> current, Spec wanted, Attempt attempt)
      throws IOException {
    attempt.progress(all(current.spec()) + all(wanted));
    if (mode == Mode.THROWS_IO) {
      throw new IOException(all(current.spec()) + all(wanted));
    }
    return Provisioned.done(account(wanted));
  }

  @Override
  public Removed deprovision(Known<Spec, Account> known, Attempt attempt) throws IOException {
    attempt.progress(all(known.spec()));
    switch (mode) {
      case THROWS_IO -> throw new IOException(all(known.spec()));
      case HANDLE_OF_REMOVAL -> {
        return Removed.pending(token.value(), SECOND, all(known.spec()));
      }
      default -> standing.remove(attempt.name());
    }
    return Removed.gone();
  }
}
