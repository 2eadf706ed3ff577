package dev.provisioner.testkit.simulation;

import dev.provisioner.error.AmbiguousException;
import dev.provisioner.error.PermanentException;
import dev.provisioner.error.TransientException;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One engine's provisioner of one sort of thing, written as it should be. */
final class Resources implements Provisioner<Spec, Made> {
  private static final Duration POLL = Duration.ofSeconds(15);
  private static final int POLLS = 2;

  private final World world;
  private final Node node;
  private final Sort sort;
  private final Cloud cloud;

  Resources(World world, Node node, Sort sort) {
    this.world = world;
    this.node = node;
    this.sort = sort;
    this.cloud = world.cloud();
  }

  @Override
  public Kind<Spec, Made> kind() {
    return Kind.of(sort.kind(), Spec.class, Made.class);
  }

  @Override
  public boolean excludesConcurrentCalls() {
    return sort == Sort.LOCKED;
  }

  private interface Work<T> {
    T with(Wire wire) throws IOException;
  }

  private <T> T call(String what, Attempt attempt, Work<T> work) throws IOException {
    node.requireAlive();
    if (sort == Sort.LOCKED && world.model().locked(attempt.marker().nonce())) {
      throw new TransientException("Another call works on it.");
    }
    try (Wire wire = new Wire(world, node, what + " " + attempt.step(), attempt)) {
      return work.with(wire);
    }
  }

  @Override
  public Found<Made> find(Known<Spec, Made> known, Attempt attempt) throws IOException {
    if (sort == Sort.LOCKED && world.model().locked(attempt.marker().nonce())) {
      return Found.busy(Duration.ofSeconds(5), "another call");
    }
    world.maybePlant(sort, attempt);
    return call("find", attempt, wire -> look(wire, known, attempt));
  }

  @Override
  public Found<Made> inspect(Known<Spec, Made> known, Attempt attempt) {
    return judge(there(attempt), known, attempt);
  }

  private Found<Made> look(Wire wire, Known<Spec, Made> known, Attempt attempt) throws IOException {
    return judge(wire.send("GET", () -> there(attempt)), known, attempt);
  }

  private List<Thing> there(Attempt attempt) {
    return sort.unique()
        ? cloud.named(attempt.name()).stream().toList()
        : cloud.marked(attempt.marker().text());
  }

  private Found<Made> judge(List<Thing> there, Known<Spec, Made> known, Attempt attempt) {
    if (there.isEmpty()) {
      return Found.absent();
    }
    if (there.size() > 1) {
      return Found.ambiguous("There are " + there.size() + ".");
    }
    Thing thing = there.get(0);
    Found<Made> owner = Found.byMarker(thing.marker(), attempt, new Made(thing.id()));
    if (!(owner instanceof Found.Ours)) {
      return owner;
    }
    Optional<String> id = known.output().map(Made::id);
    if (id.isPresent() && !id.get().equals(thing.id())) {
      return Found.ambiguous("It is " + thing.id() + " and not " + id.get() + ".");
    }
    return thing.attributes().equals(wanted(known.spec(), attempt))
        ? owner
        : Found.incomplete(new Made(thing.id()), "its attributes");
  }

  private static Map<String, String> wanted(Spec spec, Attempt attempt) {
    Map<String, String> wanted = new TreeMap<>(spec.attributes());
    attempt.remembered(Spec.KEY, String.class).ifPresent(key -> wanted.put(Spec.KEY, key));
    return wanted;
  }

  @Override
  public Provisioned<Made> provision(Spec spec, Attempt attempt) throws IOException {
    if (sort == Sort.KEYED && attempt.remembered(Spec.KEY, String.class).isEmpty()) {
      node.remember(attempt, Spec.KEY, world.newKey());
    }
    return call(
        "provision",
        attempt,
        wire -> {
          Found<Made> found = look(wire, Known.begun(spec), attempt);
          if (found instanceof Found.Absent) {
            return create(wire, spec, attempt);
          }
          return written(wire, required(found).id(), spec, attempt);
        });
  }

  private Provisioned<Made> create(Wire wire, Spec spec, Attempt attempt) throws IOException {
    boolean half = sort == Sort.SLOW || world.half();
    Map<String, String> first = half ? Map.of("state", "creating") : wanted(spec, attempt);
    String marker = attempt.marker().text();
    Thing made =
        wire.send("CREATE", () -> cloud.create(sort, attempt.name(), marker, first))
            .orElseThrow(() -> new AmbiguousException("The name was taken just now."));
    if (sort == Sort.SLOW) {
      return pending(made.id(), POLLS);
    }
    if (half) {
      throw new IOException("It broke off.");
    }
    return Provisioned.done(new Made(made.id()));
  }

  private Provisioned<Made> written(Wire wire, String id, Spec spec, Attempt attempt)
      throws IOException {
    return sort == Sort.SLOW ? pending(id, POLLS) : write(wire, id, spec, attempt);
  }

  private Provisioned<Made> write(Wire wire, String id, Spec spec, Attempt attempt)
      throws IOException {
    Map<String, String> wanted = wanted(spec, attempt);
    Thing thing =
        wire.send("UPDATE", () -> cloud.update(id, wanted))
            .orElseThrow(() -> new AmbiguousException("It has vanished."));
    return Provisioned.done(new Made(thing.id()));
  }

  private static Provisioned<Made> pending(String id, int polls) {
    return Provisioned.pending(id + "/" + polls, POLL, "the cloud");
  }

  @Override
  public Provisioned<Made> poll(String handle, Spec spec, Attempt attempt) throws IOException {
    int polls = polls(handle);
    return call(
        "poll",
        attempt,
        wire -> {
          Made made = required(look(wire, Known.begun(spec), attempt));
          if (!handle.startsWith(made.id() + "/")) {
            throw new AmbiguousException("It was made again.");
          }
          return polls > 1 ? pending(made.id(), polls - 1) : write(wire, made.id(), spec, attempt);
        });
  }

  private static int polls(String handle) {
    return Integer.parseInt(handle.substring(handle.indexOf('/') + 1));
  }

  @Override
  public Change change(Known<Spec, Made> current, Spec wanted) {
    if (current.spec().sameZone(wanted) || sort == Sort.SLOW || sort == Sort.KEYED) {
      return Change.update();
    }
    return sort == Sort.ONCE ? Change.removeThenCreate("its zone") : Change.replace("its zone");
  }

  @Override
  public Provisioned<Made> update(Known<Spec, Made> current, Spec wanted, Attempt attempt)
      throws IOException {
    return call(
        "update",
        attempt,
        wire -> written(wire, required(look(wire, current, attempt)).id(), wanted, attempt));
  }

  @Override
  public Removed deprovision(Known<Spec, Made> known, Attempt attempt) throws IOException {
    return call(
        "deprovision",
        attempt,
        wire -> {
          Found<Made> found = look(wire, known, attempt);
          if (found instanceof Found.Absent) {
            return Removed.gone();
          }
          Made made = required(found);
          return sort == Sort.SLOW
              ? Removed.pending(made.id() + "/" + POLLS, POLL, "the cloud")
              : remove(wire, made);
        });
  }

  @Override
  public Removed pollRemoval(String handle, Known<Spec, Made> known, Attempt attempt)
      throws IOException {
    int polls = polls(handle) - 1;
    return call(
        "pollRemoval",
        attempt,
        wire -> {
          Found<Made> found = look(wire, known, attempt);
          if (found instanceof Found.Absent) {
            return Removed.gone();
          }
          Made made = required(found);
          return polls > 0
              ? Removed.pending(made.id() + "/" + polls, POLL, "the cloud")
              : remove(wire, made);
        });
  }

  private Removed remove(Wire wire, Made made) throws IOException {
    wire.send(
        "DELETE",
        () -> {
          cloud.delete(made.id());
          return made;
        });
    return Removed.gone();
  }

  private static Made required(Found<Made> found) {
    if (found instanceof Found.Ours<Made> ours) {
      return ours.output();
    } else if (found instanceof Found.Incomplete<Made> incomplete
        && incomplete.observed() != null) {
      return incomplete.observed();
    } else if (found instanceof Found.Absent) {
      throw new AmbiguousException("It is not there any more.");
    }
    throw new PermanentException("It is not ours.");
  }
}
