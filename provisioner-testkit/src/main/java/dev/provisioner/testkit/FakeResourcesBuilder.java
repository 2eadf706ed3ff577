package dev.provisioner.testkit;

import dev.provisioner.spi.Change;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Says what {@link FakeResources} are like. Not thread-safe. */
public final class FakeResourcesBuilder {
  private final FakeCloud cloud;
  private final Map<String, Function<String, Change>> rules;
  String id = "fake-resources";
  int polls;
  Duration pollAfter = Duration.ofMillis(10);
  int maxConcurrentCalls = Integer.MAX_VALUE;
  @Nullable Duration callTimeout;
  boolean excludesConcurrentCalls;
  boolean confirms;
  boolean ignoresMarkers;
  boolean blind;

  FakeResourcesBuilder(FakeCloud cloud) {
    this.cloud = Objects.requireNonNull(cloud, "cloud");
    this.rules = new TreeMap<>();
  }

  private FakeResourcesBuilder(FakeResourcesBuilder from) {
    this.cloud = from.cloud;
    this.rules = new TreeMap<>(from.rules);
    this.id = from.id;
    this.polls = from.polls;
    this.pollAfter = from.pollAfter;
    this.maxConcurrentCalls = from.maxConcurrentCalls;
    this.callTimeout = from.callTimeout;
    this.excludesConcurrentCalls = from.excludesConcurrentCalls;
    this.confirms = from.confirms;
    this.ignoresMarkers = from.ignoresMarkers;
    this.blind = from.blind;
  }

  /** Sets the provisioner's id, which is also the kind of its resources. */
  public FakeResourcesBuilder id(String newId) {
    id = newId;
    return this;
  }

  /**
   * Makes attributes that only another resource beside the old one can change. If the spec names
   * the resource, there cannot be two, and the old one is removed first.
   */
  public FakeResourcesBuilder replaces(String... attributes) {
    return rule(Change::replace, attributes);
  }

  /** Makes attributes that can be changed only by removing the resource first. */
  public FakeResourcesBuilder recreates(String... attributes) {
    return rule(Change::removeThenCreate, attributes);
  }

  /** Makes attributes that cannot be changed. */
  public FakeResourcesBuilder refuses(String... attributes) {
    return rule(Change::refused, attributes);
  }

  private FakeResourcesBuilder rule(Function<String, Change> change, String... attributes) {
    for (String attribute : attributes) {
      rules.put(attribute, change);
    }
    return this;
  }

  /**
   * Lets every creation, update and removal answer pending, and be done at the n-th poll. Until
   * then what is created is incomplete. Each poll gives another handle.
   *
   * @param newPolls 0 (the default: nothing is pending) or more
   */
  public FakeResourcesBuilder pending(int newPolls) {
    if (newPolls < 0) {
      throw new IllegalArgumentException("There are 0 or more polls, not " + newPolls + ".");
    }
    polls = newPolls;
    return this;
  }

  /** Sets after what time a pending answer asks to be polled; 10 ms by default. */
  public FakeResourcesBuilder pollAfter(Duration time) {
    pollAfter = time;
    return this;
  }

  /** Sets how many calls one engine may make at the same time; the engine must keep to it. */
  public FakeResourcesBuilder maxConcurrentCalls(int calls) {
    maxConcurrentCalls = calls;
    return this;
  }

  /** Sets how long one call may take; by default the engine decides. */
  public FakeResourcesBuilder callTimeout(Duration time) {
    callTimeout = time;
    return this;
  }

  /** Claims that the backend keeps a second call for the same resource from running. */
  public FakeResourcesBuilder excludesConcurrentCalls() {
    excludesConcurrentCalls = true;
    return this;
  }

  /**
   * Reads what was written before it says that it is done, and answers pending until it can be
   * seen: for a cloud whose reads lag.
   */
  public FakeResourcesBuilder confirmsCreations() {
    confirms = true;
    return this;
  }

  /** Takes everything for ours, which is wrong: to prove that a test would notice. */
  public FakeResourcesBuilder ignoresMarkers() {
    ignoresMarkers = true;
    return this;
  }

  /** Never finds anything, which is wrong: to prove that a test would notice. */
  public FakeResourcesBuilder neverFinds() {
    blind = true;
    return this;
  }

  /** Returns the provisioner. The builder can go on to make others. */
  public FakeResources build() {
    return new FakeResources(cloud, new FakeResourcesBuilder(this));
  }

  Change change(FakeSpec current, FakeSpec wanted) {
    if (!Objects.equals(current.name(), wanted.name())) {
      return Change.replace("a resource cannot be renamed");
    }
    List<Change> needed =
        rules.entrySet().stream()
            .filter(rule -> differs(rule.getKey(), current, wanted))
            .map(rule -> rule.getValue().apply("'" + rule.getKey() + "' cannot be changed"))
            .sorted((one, other) -> Integer.compare(severity(other), severity(one)))
            .toList();
    if (needed.isEmpty()) {
      return Change.update();
    }
    Change change = needed.get(0);
    return change instanceof Change.Replace replace && wanted.name() != null
        ? Change.removeThenCreate(replace.reason() + ", and the name can exist only once")
        : change;
  }

  private static boolean differs(String attribute, FakeSpec current, FakeSpec wanted) {
    return !Objects.equals(current.attributes().get(attribute), wanted.attributes().get(attribute));
  }

  private static int severity(Change change) {
    if (change instanceof Change.Refused) {
      return 2;
    }
    return change instanceof Change.RemoveThenCreate ? 1 : 0;
  }
}
