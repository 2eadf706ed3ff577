package dev.provisioner.testkit.stores;

import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.ObjectStateStore;
import dev.provisioner.state.StateDocument;
import dev.provisioner.state.StateStore;
import dev.provisioner.state.Summary;
import dev.provisioner.tenant.TenantId;
import dev.provisioner.testkit.SimulatedCrash;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * One writer is stopped before each of its requests, for good or until others have done something.
 * Whatever they did, a document that is due is found, and no marker stays that nobody needs.
 */
final class ObjectDueIndexTest {
  private static final DocumentKey KEY = new DocumentKey("shop", "plan", TenantId.of("acme"));
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant LATER = NOON.plusSeconds(3600);
  private static final Instant EVER = NOON.plus(Duration.ofDays(1000));

  private static final int MEANWHILE = Integer.getInteger("due.index.meanwhile", 2);

  /** What somebody does with the one document. */
  private enum Deed {
    LOOK,
    DUE_AT_NOON,
    DUE_LATER,
    NEVER_DUE,
    DELETE;

    void by(StateStore store) {
      StateStore.Versioned there = store.read(KEY).orElse(null);
      String revision = there == null ? null : there.revision();
      switch (this) {
        case LOOK -> store.due("shop", EVER, 10);
        case DUE_AT_NOON -> store.write(KEY, revision, document(NOON));
        case DUE_LATER -> store.write(KEY, revision, document(LATER));
        case NEVER_DUE -> store.write(KEY, revision, document(null));
        case DELETE -> {
          if (revision != null) {
            store.write(KEY, revision, null);
          }
        }
      }
    }
  }

  private static void put(Optional<String> revision) {
    assertThat(revision).isPresent();
  }

  private static StateDocument document(@Nullable Instant dueAt) {
    return new StateDocument(
        new byte[] {1},
        new Summary(Summary.Lifecycle.ACTIVE, Summary.RunStatus.RUNNING, 1, dueAt, Instant.EPOCH));
  }

  @TestFactory
  Stream<DynamicTest> whateverOthersDoMeanwhile() {
    return sequences(2)
        .map(
            before ->
                DynamicTest.dynamicTest(
                    "after " + before,
                    () -> {
                      for (Deed deed : Deed.values()) {
                        for (List<Deed> meanwhile : sequences(MEANWHILE).toList()) {
                          tryEveryStop(before, deed, meanwhile);
                        }
                      }
                    }));
  }

  /** Returns all sequences of so many deeds or fewer. */
  private static Stream<List<Deed>> sequences(int most) {
    Stream<List<Deed>> all = Stream.of(List.of());
    if (most > 0) {
      List<List<Deed>> shorter = sequences(most - 1).toList();
      all =
          Stream.concat(
              all,
              Stream.of(Deed.values())
                  .flatMap(
                      deed ->
                          shorter.stream()
                              .map(
                                  rest -> {
                                    List<Deed> sequence = new ArrayList<>(rest);
                                    sequence.add(deed);
                                    return sequence;
                                  })));
    }
    return all;
  }

  private void tryEveryStop(List<Deed> before, Deed deed, List<Deed> meanwhile) {
    boolean stopped = true;
    for (int at = 1; stopped; at++) {
      stopped = tryStop(before, deed, meanwhile, at, false);
      tryStop(before, deed, meanwhile, at, true);
    }
  }

  /** Returns whether the writer had so many requests that it was stopped. */
  private boolean tryStop(
      List<Deed> before, Deed deed, List<Deed> meanwhile, int at, boolean forGood) {
    MemoryBucket bucket = new MemoryBucket();
    StateStore others = ObjectStateStore.open(bucket);
    before.forEach(each -> each.by(others));
    DisturbedBucket way = new DisturbedBucket(bucket);
    StateStore stopping = ObjectStateStore.open(way);
    int[] requests = {0};
    way.before =
        (call, name) -> {
          if (++requests[0] == at) {
            meanwhile.forEach(each -> each.by(others));
            if (forGood) {
              throw new SimulatedCrash("the writer is killed");
            }
          }
        };
    try {
      deed.by(stopping);
    } catch (SimulatedCrash e) {
      assertThat(forGood).isTrue();
    }
    String story = before + ", then " + deed + " stopped at " + at + " for " + meanwhile;
    assertFound(others, story);
    assertThat(markers(bucket)).as("markers after " + story).isLessThanOrEqualTo(2 + at);
    others.read(KEY).ifPresent(there -> assertOneMarkerStays(bucket, others, there, story));
    return requests[0] >= at;
  }

  private static void assertFound(StateStore store, String story) {
    List<Instant> due =
        store.due("shop", EVER, 10).stream().map(found -> found.summary().dueAt()).toList();
    Instant dueAt = store.read(KEY).map(there -> there.document().summary().dueAt()).orElse(null);
    assertThat(due).as("due after " + story).isEqualTo(dueAt == null ? List.of() : List.of(dueAt));
  }

  private static void assertOneMarkerStays(
      MemoryBucket bucket, StateStore store, StateStore.Versioned there, String story) {
    put(store.write(KEY, there.revision(), document(LATER.plusSeconds(1))));
    store.due("shop", EVER, 10);
    assertThat(markers(bucket)).as("markers after " + story).isEqualTo(1);
  }

  private static int markers(MemoryBucket bucket) {
    return (int) bucket.names().stream().filter(name -> name.contains("/due/")).count();
  }

  @Test
  void aMarkerIsPutAndRemovedOnlyWhenTheDueTimeChanges() {
    MemoryBucket bucket = new MemoryBucket();
    DisturbedBucket way = new DisturbedBucket(bucket);
    StateStore store = ObjectStateStore.open(way);
    StringBuilder calls = new StringBuilder();
    way.before = (call, name) -> calls.append(call).append(' ');
    String revision = store.write(KEY, null, document(NOON)).orElseThrow();
    assertThat(calls).hasToString("put put ");
    revision = store.write(KEY, revision, document(NOON)).orElseThrow();
    assertThat(calls).hasToString("put put put ");
    revision = store.write(KEY, revision, document(LATER)).orElseThrow();
    assertThat(calls).hasToString("put put put put put delete ");
    put(store.write(KEY, revision, document(null)));
    assertThat(calls).hasToString("put put put put put delete put delete ");
    assertThat(markers(bucket)).isZero();
  }

  @Test
  void aWriteThatLosesTakesItsMarkerAway() {
    MemoryBucket bucket = new MemoryBucket();
    StateStore store = ObjectStateStore.open(bucket);
    String old = store.write(KEY, null, document(null)).orElseThrow();
    put(store.write(KEY, old, document(null)));
    assertThat(store.write(KEY, old, document(NOON))).isEmpty();
    assertThat(markers(bucket)).isZero();
  }
}
