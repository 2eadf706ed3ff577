package dev.provisioner.testkit;

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
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A provisioner of resources in a {@link FakeCloud}, written as one for a real cloud should be: it
 * marks what it creates in the create call, judges by the marker and the immutable id, completes
 * what broke off, and remembers a key before it is used. All its state is in the cloud and in the
 * attempt; two instances on one cloud are as good as one.
 *
 * <p>Thread-safe.
 */
public final class FakeResources implements Provisioner<FakeSpec, FakeResource> {
  private static final String PASSWORD = FakeSpec.RESERVED + "password";
  private static final String KEY = FakeSpec.RESERVED + "key";
  private static final String STATE = FakeSpec.RESERVED + "state";
  private static final String REMEMBERED_KEY = "generated-key";

  private final FakeCloud cloud;
  private final FakeResourcesBuilder options;
  private final Kind<FakeSpec, FakeResource> kind;
  private final InFlight inFlight = new InFlight();

  FakeResources(FakeCloud cloud, FakeResourcesBuilder options) {
    this.cloud = cloud;
    this.options = options;
    this.kind = Kind.of(options.id, FakeSpec.class, FakeResource.class);
  }

  /** Returns a provisioner with the id {@code fake-resources} that updates everything in place. */
  public static FakeResources on(FakeCloud cloud) {
    return builder(cloud).build();
  }

  /** Begins a provisioner with other properties. */
  public static FakeResourcesBuilder builder(FakeCloud cloud) {
    return new FakeResourcesBuilder(cloud);
  }

  /** Returns which calls to this instance ran at the same time. */
  public InFlight inFlight() {
    return inFlight;
  }

  @Override
  public Kind<FakeSpec, FakeResource> kind() {
    return kind;
  }

  @Override
  public Found<FakeResource> find(Known<FakeSpec, FakeResource> known, Attempt attempt)
      throws IOException, InterruptedException {
    return watched(
        "find",
        known.spec(),
        attempt,
        name -> {
          Optional<CloudResource> there = options.blind ? Optional.empty() : cloud.get(name);
          return there.map(each -> judge(each, known, attempt)).orElseGet(Found::absent);
        });
  }

  @Override
  public Provisioned<FakeResource> provision(FakeSpec spec, Attempt attempt)
      throws IOException, InterruptedException {
    return watched(
        "provision",
        spec,
        attempt,
        name -> {
          chooseKey(spec, attempt);
          Map<String, String> wanted = wanted(spec, attempt);
          boolean waits = options.polls > 0;
          Map<String, String> first = waits ? Map.of(STATE, "creating") : wanted;
          try {
            CloudResource made = cloud.create(kind.id(), name, attempt.marker().text(), first);
            return waits ? pendingWrite(made.id(), options.polls) : visible(made, attempt);
          } catch (NameTakenException e) {
            return write(own(name, spec, attempt), wanted, attempt);
          }
        });
  }

  @Override
  public Provisioned<FakeResource> update(
      Known<FakeSpec, FakeResource> current, FakeSpec wanted, Attempt attempt)
      throws IOException, InterruptedException {
    return watched(
        "update",
        wanted,
        attempt,
        name -> {
          CloudResource there = ownOrAmbiguous(cloud.get(name), current, attempt);
          chooseKey(wanted, attempt);
          return write(there, wanted(wanted, attempt), attempt);
        });
  }

  @Override
  public Provisioned<FakeResource> poll(String handle, FakeSpec spec, Attempt attempt)
      throws IOException, InterruptedException {
    return watched(
        "poll",
        spec,
        attempt,
        name -> {
          FakeHandle begun = FakeHandle.parse(handle);
          Optional<CloudResource> seen = cloud.get(name);
          if (seen.isEmpty() && options.confirms) {
            return pendingWrite(begun.id(), begun.polls());
          }
          CloudResource there = ownOrAmbiguous(seen, Known.begun(spec), attempt);
          if (!there.id().equals(begun.id())) {
            throw new AmbiguousException(
                "Resource '" + name + "' was made again while it was waited for.");
          }
          if (begun.polls() > 1) {
            return pendingWrite(begun.id(), begun.polls() - 1);
          }
          return visible(cloud.update(name, there.id(), wanted(spec, attempt)), attempt);
        });
  }

  @Override
  public Removed deprovision(Known<FakeSpec, FakeResource> known, Attempt attempt)
      throws IOException, InterruptedException {
    return watched(
        "deprovision", known.spec(), attempt, name -> remove(name, options.polls, known, attempt));
  }

  @Override
  public Removed pollRemoval(String handle, Known<FakeSpec, FakeResource> known, Attempt attempt)
      throws IOException, InterruptedException {
    int polls = FakeHandle.parse(handle).polls() - 1;
    return watched(
        "pollRemoval", known.spec(), attempt, name -> remove(name, polls, known, attempt));
  }

  @Override
  public Change change(Known<FakeSpec, FakeResource> current, FakeSpec wanted) {
    return options.change(current.spec(), wanted);
  }

  @Override
  public int maxConcurrentCalls() {
    return options.maxConcurrentCalls;
  }

  @Override
  public Optional<Duration> callTimeout() {
    return Optional.ofNullable(options.callTimeout);
  }

  @Override
  public boolean excludesConcurrentCalls() {
    return options.excludesConcurrentCalls;
  }

  private interface Call<T> {
    T make(String name) throws IOException, InterruptedException;
  }

  private <T> T watched(String what, FakeSpec spec, Attempt attempt, Call<T> call)
      throws IOException, InterruptedException {
    String explicit = spec.name();
    String name = explicit != null ? explicit : attempt.name();
    try (InFlight.Call here = inFlight.enter(name, what);
        InFlight.Call anywhere = cloud.inFlight().enter(name, what)) {
      if (attempt.cancelled()) {
        throw new TransientException("Cancelled before the cloud was asked to " + what + ".");
      }
      return call.make(name);
    }
  }

  private Found<FakeResource> judge(
      CloudResource there, Known<FakeSpec, FakeResource> known, Attempt attempt) {
    FakeResource output = output(there, attempt);
    Found<FakeResource> owner =
        options.ignoresMarkers
            ? Found.ours(output)
            : Found.byMarker(there.marker(), attempt, output);
    if (!(owner instanceof Found.Ours)) {
      return owner;
    }
    Optional<String> recorded = known.output().map(FakeResource::id);
    if (recorded.isPresent() && !recorded.get().equals(there.id())) {
      return Found.ambiguous(
          "Resource '"
              + there.name()
              + "' carries our marker, but its id is "
              + there.id()
              + " and "
              + recorded.get()
              + " was recorded: somebody made it again.");
    }
    List<String> differences = differences(there, known.spec(), attempt);
    return differences.isEmpty()
        ? owner
        : Found.incomplete(output, differences.toArray(String[]::new));
  }

  /** Reads what a creation was refused for; it is ours if an earlier response was lost. */
  private CloudResource own(String name, FakeSpec spec, Attempt attempt)
      throws IOException, InterruptedException {
    CloudResource there =
        cloud
            .get(name)
            .orElseThrow(
                () ->
                    new TransientException(
                        "The name '" + name + "' is taken by something that cannot be seen yet."));
    return requireOurs(there, Known.begun(spec), attempt);
  }

  private CloudResource ownOrAmbiguous(
      Optional<CloudResource> there, Known<FakeSpec, FakeResource> known, Attempt attempt) {
    return requireOurs(
        there.orElseThrow(() -> new AmbiguousException("The resource is not there any more.")),
        known,
        attempt);
  }

  private CloudResource requireOurs(
      CloudResource there, Known<FakeSpec, FakeResource> known, Attempt attempt) {
    Found<FakeResource> found = judge(there, known, attempt);
    String reason = "it is not ours";
    if (found instanceof Found.Ours || found instanceof Found.Incomplete) {
      return there;
    } else if (found instanceof Found.Foreign<FakeResource> foreign) {
      reason = foreign.owner();
    } else if (found instanceof Found.Unmarked<FakeResource> unmarked) {
      reason = "it " + unmarked.description();
    } else if (found instanceof Found.Ambiguous<FakeResource> ambiguous) {
      reason = ambiguous.reason();
    }
    throw new PermanentException(
        "Resource '" + there.name() + "' must not be changed or removed: " + reason);
  }

  private Removed remove(
      String name, int polls, Known<FakeSpec, FakeResource> known, Attempt attempt)
      throws IOException, InterruptedException {
    Optional<CloudResource> there = cloud.get(name);
    if (there.isEmpty()) {
      return Removed.gone();
    }
    String id = requireOurs(there.get(), known, attempt).id();
    if (polls > 0) {
      String handle = new FakeHandle(id, polls).text();
      return Removed.pending(handle, options.pollAfter, "the cloud to remove the resource");
    }
    cloud.delete(name, id);
    return Removed.gone();
  }

  private Provisioned<FakeResource> write(
      CloudResource there, Map<String, String> wanted, Attempt attempt)
      throws IOException, InterruptedException {
    return options.polls > 0
        ? pendingWrite(there.id(), options.polls)
        : visible(cloud.update(there.name(), there.id(), wanted), attempt);
  }

  private Provisioned<FakeResource> visible(CloudResource written, Attempt attempt)
      throws IOException, InterruptedException {
    return options.confirms && cloud.get(written.name()).isEmpty()
        ? pendingWrite(written.id(), 1)
        : Provisioned.done(output(written, attempt));
  }

  private Provisioned<FakeResource> pendingWrite(String id, int polls) {
    String handle = new FakeHandle(id, polls).text();
    return Provisioned.pending(handle, options.pollAfter, "the cloud to finish the resource");
  }

  private static void chooseKey(FakeSpec spec, Attempt attempt) {
    if (spec.generatesKey() && attempt.remembered(REMEMBERED_KEY, Secret.class).isEmpty()) {
      attempt.remember(REMEMBERED_KEY, Secret.of(UUID.randomUUID().toString()));
    }
  }

  private static Map<String, String> wanted(FakeSpec spec, Attempt attempt) {
    Map<String, String> wanted = new TreeMap<>(spec.attributes());
    Secret password = spec.password();
    if (password != null) {
      wanted.put(PASSWORD, password.reveal());
    }
    if (spec.generatesKey()) {
      wanted.put(
          KEY, attempt.remembered(REMEMBERED_KEY, Secret.class).map(Secret::reveal).orElse(""));
    }
    return wanted;
  }

  private static List<String> differences(CloudResource there, FakeSpec spec, Attempt attempt) {
    Map<String, String> wanted = wanted(spec, attempt);
    TreeSet<String> keys = new TreeSet<>(wanted.keySet());
    keys.addAll(there.attributes().keySet());
    List<String> differences = new ArrayList<>();
    for (String key : keys) {
      String is = there.attributes().get(key);
      String should = wanted.get(key);
      if (is == null || !is.equals(should)) {
        differences.add(key + " is " + shown(key, is) + ", wanted " + shown(key, should));
      }
    }
    return differences;
  }

  private static String shown(String key, @Nullable String value) {
    if (value == null) {
      return "missing";
    }
    return key.equals(PASSWORD) || key.equals(KEY) ? Secret.REDACTED : "'" + value + "'";
  }

  private static FakeResource output(CloudResource there, Attempt attempt) {
    Map<String, String> open = new TreeMap<>(there.attributes());
    open.keySet().removeIf(key -> key.startsWith(FakeSpec.RESERVED));
    Secret key =
        there.attributes().containsKey(KEY)
            ? attempt.remembered(REMEMBERED_KEY, Secret.class).orElse(null)
            : null;
    return new FakeResource(there.id(), there.name(), open, key);
  }
}
