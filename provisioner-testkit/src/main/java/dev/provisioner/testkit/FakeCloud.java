package dev.provisioner.testkit;

import dev.provisioner.testkit.Fault.Moment;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A cloud in memory that stands for a real backend: it outlives engines and provisioners that
 * "crash", fails as its {@link #faults() script} says, and knows all that ever happened to it.
 *
 * <p>Names are unique over all kinds. A call that fails may have had its effect; {@link #effects()}
 * tells what really changed, {@link #calls()} what was asked. {@link #plant}, {@link #alter} and
 * {@link #lose} are what somebody else does: they are no calls, never fail and are not recorded.
 *
 * <p>Thread-safe. A call takes effect at one instant; faults hold or delay it outside of that.
 */
public final class FakeCloud {
  private final CloudLedger ledger;
  private final Faults faults;
  private final InFlight inFlight = new InFlight();

  private FakeCloud(Faults faults, int hiddenReads) {
    this.faults = faults;
    this.ledger = new CloudLedger(hiddenReads);
  }

  /** Creates a cloud in which nothing goes wrong until a rule is added to {@link #faults()}. */
  public FakeCloud() {
    this(Faults.none(), 0);
  }

  /** Creates a cloud in which things go wrong as this script says. */
  public FakeCloud(Faults faults) {
    this(faults, 0);
  }

  /**
   * Returns a cloud whose reads lag: a new resource is absent for its first reads, though its name
   * is taken at once.
   *
   * @param hiddenReads how many reads of each new resource find nothing; 0 or more
   */
  public static FakeCloud eventuallyConsistent(Faults faults, int hiddenReads) {
    return new FakeCloud(faults, hiddenReads);
  }

  /** Returns the script of what goes wrong, to add to. */
  public Faults faults() {
    return faults;
  }

  /** Returns which provisioner calls ran at the same time, over all provisioners on this cloud. */
  public InFlight inFlight() {
    return inFlight;
  }

  /** Reads a resource; empty if there is none, or it cannot be seen yet. */
  public Optional<CloudResource> get(String name) throws IOException, InterruptedException {
    return call(CloudOperation.GET, name, (call, half) -> Optional.ofNullable(ledger.get(name)));
  }

  /**
   * Creates a resource.
   *
   * @param marker the marker's text, or null for a resource without an owner
   * @throws NameTakenException if the name exists, whosever and of whatever kind it is
   */
  public CloudResource create(
      String kind, String name, @Nullable String marker, Map<String, String> attributes)
      throws IOException, InterruptedException {
    return call(
        CloudOperation.CREATE,
        name,
        (call, half) -> ledger.create(call, kind, marker, attributes, half));
  }

  /**
   * Replaces all attributes of a resource.
   *
   * @throws NoSuchResourceException if no resource has this name and id
   */
  public CloudResource update(String name, String id, Map<String, String> attributes)
      throws IOException, InterruptedException {
    return call(
        CloudOperation.UPDATE, name, (call, half) -> ledger.update(call, id, attributes, half));
  }

  /** Removes the resource with this name and id; does nothing if there is none. */
  public void delete(String name, String id) throws IOException, InterruptedException {
    call(
        CloudOperation.DELETE,
        name,
        (call, half) -> {
          ledger.delete(call, id);
          return true;
        });
  }

  /** Reads all resources that can be seen, by name. */
  public List<CloudResource> list() throws IOException, InterruptedException {
    return call(CloudOperation.LIST, "", (call, half) -> ledger.list());
  }

  private interface Work<T> {
    T take(CloudCall call, boolean half);
  }

  private <T> T call(CloudOperation operation, String name, Work<T> work)
      throws IOException, InterruptedException {
    CloudCall call = ledger.record(operation, name);
    Fault fault = faults.match(call);
    Moment moment = fault.momentFor(operation);
    if (moment == Moment.BEFORE) {
      fault.action().befall(call);
    }
    T result = work.take(call, moment == Moment.DURING);
    if (moment != Moment.BEFORE) {
      fault.action().befall(call);
    }
    return result;
  }

  /**
   * Puts somebody else's resource into the cloud.
   *
   * @param marker a text, which need not be a marker of ours, or null for none
   */
  public CloudResource plant(
      String kind, String name, @Nullable String marker, Map<String, String> attributes) {
    return ledger.plant(kind, name, marker, attributes);
  }

  /** Gives a resource other attributes behind everybody's back: drift. */
  public void alter(String name, Map<String, String> attributes) {
    ledger.alter(name, attributes);
  }

  /** Takes a resource away behind everybody's back. */
  public void lose(String name) {
    ledger.lose(name);
  }

  /** Returns all resources that exist now, by name. */
  public List<CloudResource> existing() {
    return ledger.existing();
  }

  /** Returns the resources that exist now for this owner; one, if all is well. */
  public List<CloudResource> ownedBy(CloudOwner owner) {
    return existing().stream().filter(each -> each.owner().equals(Optional.of(owner))).toList();
  }

  /**
   * Returns the resources that exist now for this step of a tenant, in any installation and plan.
   *
   * @param tenant the hash in the marker, not the tenant's id
   */
  public List<CloudResource> ownedBy(String tenant, String step) {
    return existing().stream()
        .filter(
            each ->
                each.owner()
                    .filter(owner -> owner.tenant().equals(tenant) && owner.step().equals(step))
                    .isPresent())
        .toList();
  }

  /**
   * Returns the owners that have more than one resource now, with these. While a resource is being
   * replaced by another beside it, its owner rightly has two.
   */
  public Map<CloudOwner, List<CloudResource>> duplicates() {
    Map<CloudOwner, List<CloudResource>> byOwner =
        existing().stream()
            .filter(each -> each.owner().isPresent())
            .collect(Collectors.groupingBy(each -> each.owner().orElseThrow()));
    byOwner.values().removeIf(each -> each.size() < 2);
    return Map.copyOf(byOwner);
  }

  /** Returns all calls, in the order in which they arrived. */
  public List<CloudCall> calls() {
    return ledger.calls();
  }

  /** Returns the calls of this operation. */
  public List<CloudCall> calls(CloudOperation operation) {
    return calls().stream().filter(each -> each.operation() == operation).toList();
  }

  /** Returns all that calls changed, in order, whether or not their callers learned of it. */
  public List<CloudEffect> effects() {
    return ledger.effects();
  }

  /** Returns what calls did to {@linkplain #plant planted} resources; nothing, if all is well. */
  public List<CloudEffect> effectsOnPlanted() {
    Set<String> planted = ledger.plantedIds();
    return effects().stream().filter(each -> planted.contains(each.resource().id())).toList();
  }

  /** Returns how often a resource of this name was ever created by a call. */
  public long created(String name) {
    return effects().stream()
        .filter(each -> each.before() == null && each.resource().name().equals(name))
        .count();
  }

  /** Returns how often a resource was ever created for this owner by a call. */
  public long created(CloudOwner owner) {
    return effects().stream()
        .filter(each -> each.before() == null && each.resource().owner().equals(Optional.of(owner)))
        .count();
  }
}
