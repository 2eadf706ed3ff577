package dev.provisioner.state;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.provisioner.error.StateStoreException;
import dev.provisioner.state.ModelDisk.Call;
import dev.provisioner.state.ModelDisk.Watcher;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/**
 * Every single system call of the store fails, once or from then on, in every way it can: the error
 * says what, where and what to do; when the disk is well again the same call succeeds, and neither
 * what was acknowledged nor what was read is lost when the power fails then.
 */
final class FailingCallsTest {

  private final Logger log = (Logger) LoggerFactory.getLogger(FileStateStore.class);

  @BeforeEach
  void silence() {
    log.setLevel(Level.OFF);
  }

  @AfterEach
  void restoreLog() {
    log.setLevel(null);
  }

  /** An error of the system, and the calls that report it. */
  @SuppressWarnings("ImmutableEnumChecker") // nobody changes the sets
  enum Failure {
    FULL(
        "No space left on device",
        EnumSet.of(Call.CREATE, Call.WRITE, Call.MAKE_DIRECTORY, Call.RENAME, Call.SYNC)),
    READ_ONLY(
        "Read-only file system",
        EnumSet.of(Call.CREATE, Call.MAKE_DIRECTORY, Call.RENAME, Call.DELETE)),
    BROKEN("Input/output error", EnumSet.allOf(Call.class)),
    NO_DESCRIPTORS("Too many open files", EnumSet.of(Call.OPEN, Call.CREATE, Call.LIST)),
    NO_LOCKS("No locks available", EnumSet.of(Call.LOCK, Call.UNLOCK)),
    DENIED(
        "Permission denied",
        EnumSet.of(
            Call.OPEN,
            Call.CREATE,
            Call.MAKE_DIRECTORY,
            Call.RENAME,
            Call.DELETE,
            Call.LIST,
            Call.LOOK)),
    GONE(
        "No such file or directory",
        EnumSet.of(
            Call.OPEN,
            Call.CREATE,
            Call.MAKE_DIRECTORY,
            Call.RENAME,
            Call.DELETE,
            Call.LIST,
            Call.LOOK));

    final String text;
    final Set<Call> calls;

    Failure(String text, Set<Call> calls) {
      this.text = text;
      this.calls = calls;
    }

    /** Returns what Java makes of it: it knows the path only if the call took one. */
    IOException exception(Call call, String path) {
      return switch (call) {
        case READ, WRITE, TRUNCATE, SYNC, CLOSE, LOCK, UNLOCK -> new IOException(text);
        default ->
            switch (this) {
              case DENIED -> new AccessDeniedException(path);
              case GONE -> new NoSuchFileException(path);
              default -> new FileSystemException(path, null, text);
            };
      };
    }
  }

  /** Lets calls fail from one of them on. */
  private static final class Failing implements Watcher {
    private final Failure failure;
    private final boolean once;
    private final int first;
    private int call;
    private boolean well;
    @Nullable String failed;

    Failing(Failure failure, boolean once, int first) {
      this.failure = failure;
      this.once = once;
      this.first = first;
    }

    @Override
    public void before(Call kind, String path) throws IOException {
      if (well || !failure.calls.contains(kind) || call++ < first) {
        return;
      }
      well = once;
      failed = failed == null ? kind + " " + path : failed;
      throw failure.exception(kind, path);
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyCallCanFail(Failure failure, TestReporter reporter) {
    int failures = 0;
    AtomicInteger powerFailures = new AtomicInteger();
    // A directory that is gone is not there a moment later.
    for (boolean once : failure == Failure.GONE ? List.of(false) : List.of(true, false)) {
      for (int call = 0; ; call++) {
        Failing failing = new Failing(failure, once, call);
        try {
          liveThrough(failing, powerFailures);
        } catch (RuntimeException | AssertionError e) {
          throw new AssertionError(
              failing.failed + (once ? " failed once: " : " and the rest failed: ") + e, e);
        }
        if (failing.failed == null) {
          break;
        }
        failures++;
      }
    }
    reporter.publishEntry(failure + ", failed calls", "" + failures);
    reporter.publishEntry(failure + ", power failures after them", "" + powerFailures);
    assertThat(failures).isGreaterThan(10);
  }

  private static void liveThrough(Failing failing, AtomicInteger powerFailures) {
    ModelDisk disk = new ModelDisk();
    AtomicInteger errors = new AtomicInteger();
    ModelHost[] self = new ModelHost[1];
    ModelHost host =
        new ModelHost(
            disk,
            e -> {
              failing.well = true;
              errors.incrementAndGet();
              checkMessage(e, failing.failure);
            },
            () ->
                powerFailures.addAndGet(
                    Choices.forAll(
                        2,
                        1,
                        choices ->
                            ModelHost.checkAllIsWell(
                                disk.afterPowerFailure(choices), self[0].possible()))));
    self[0] = host;
    disk.watch(failing);
    host.liveThroughAll();
    assertThat(errors.get()).isLessThanOrEqualTo(1);
    failing.well = true;
    ModelHost.checkAllIsWell(disk.copy(), host.possible());
  }

  private static void checkMessage(StateStoreException e, Failure failure) {
    if (failure == Failure.FULL || failure == Failure.READ_ONLY) {
      assertThat(e.getMessage()).doesNotContainPattern("^Cannot (read|list|look|tell)");
    }
    assertThat(e.getMessage())
        .startsWith("Cannot ")
        .contains("/srv")
        .doesNotContain("Exception")
        .endsWith("try again.");
  }
}
