package dev.provisioner.engine;

import static dev.provisioner.engine.Lab.ACME;
import static dev.provisioner.engine.Lab.LONG;
import static dev.provisioner.engine.Lab.await;
import static dev.provisioner.engine.Lab.succeeded;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.provisioner.error.StateStoreException;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Step;
import dev.provisioner.state.FileStateStore;
import dev.provisioner.tenant.TenantId;
import dev.provisioner.testkit.CloudOperation;
import dev.provisioner.testkit.FakeCloud;
import dev.provisioner.testkit.FakeResource;
import dev.provisioner.testkit.FakeResources;
import dev.provisioner.testkit.FakeSpec;
import dev.provisioner.testkit.Hold;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The disk below an engine's file store is lost while a run is under way, and comes back. */
@Timeout(120)
final class LostDiskTest {
  private static final TenantId BOLT = TenantId.of("bolt");

  @TempDir Path temporary;
  private final FakeCloud cloud = new FakeCloud();
  private final FakeResources resources = FakeResources.on(cloud);
  private final Step<Wish, FakeResource> first =
      Step.named("first", resources).from(tenant -> FakeSpec.empty());
  private final Step<Wish, FakeResource> second =
      Step.named("second", resources).from(first, (tenant, made) -> FakeSpec.empty());
  private final Plan<Wish> plan = Plan.of("plan", Wish.class, first, second);
  private Path root;

  @BeforeEach
  void resolve() throws IOException {
    root = Files.createDirectory(temporary.toRealPath().resolve("store"));
  }

  @AfterEach
  void unmount() throws Exception {
    run("umount", "-l", root.toString());
  }

  private ProvisioningEngine engine(FileStateStore store) {
    return engine(store, Duration.ZERO);
  }

  /** Returns an engine for which whatever the last one held is due already. */
  private ProvisioningEngine laterEngine(FileStateStore store) {
    return engine(store, Duration.ofMinutes(1));
  }

  private ProvisioningEngine engine(FileStateStore store, Duration later) {
    return ProvisioningEngine.builder(store)
        .installation("test")
        .plans(plan)
        .clock(Clock.offset(Clock.systemUTC(), later))
        .sweepInterval(Duration.ofMillis(20))
        .cancelGrace(Duration.ofMillis(100))
        .build();
  }

  @Test
  void aRunGoesOnWhenItsDirectoryIsBack() throws Exception {
    Path elsewhere = root.resolveSibling("elsewhere");
    goesOnAfter(
        () -> Files.move(root, elsewhere),
        () -> Files.move(elsewhere, root),
        root.resolve("VERSION") + " is not there.");
  }

  @Test
  void aRunGoesOnWhenThereIsRoomAgain() throws Exception {
    mountSmall();
    Path filling = root.resolve("filling");
    goesOnAfter(() -> fill(filling), () -> Files.delete(filling), "No space left on device.");
  }

  private void goesOnAfter(Change loss, Change repair, String why) throws Exception {
    Hold hold = cloud.faults().on(CloudOperation.CREATE).block();
    try (LogLines log = LogLines.capture();
        FileStateStore store = FileStateStore.open(root);
        ProvisioningEngine engine = engine(store)) {
      Run run = engine.provision(plan, ACME, Wish.none());
      hold.awaitReached(LONG);
      loss.make();
      hold.release();
      await(() -> log.text().contains("The state of test/plan/acme could not be recorded"));
      assertThatThrownBy(() -> engine.provision(plan, BOLT, Wish.none()))
          .isInstanceOf(StateStoreException.class)
          .hasMessageContaining(why)
          .hasMessageContaining("try again.");
      assertThat(cloud.effects()).hasSize(1);
      repair.make();
      succeeded(run);
      succeeded(engine.provision(plan, BOLT, Wish.none()));
      assertThat(log.events)
          .filteredOn(event -> event.getFormattedMessage().contains("could not be recorded"))
          .as("complaints")
          .hasSize(1);
    }
    assertThat(cloud.effects()).hasSize(4);
  }

  @Test
  void anEngineWithoutItsDirectoryClosesAndTheNextOneGoesOnWithoutDoingAnythingTwice()
      throws Exception {
    Path elsewhere = root.resolveSibling("elsewhere");
    Hold hold = cloud.faults().on(CloudOperation.CREATE).block();
    try (FileStateStore store = FileStateStore.open(root);
        ProvisioningEngine engine = engine(store)) {
      engine.provision(plan, ACME, Wish.none());
      hold.awaitReached(LONG);
      Files.move(root, elsewhere);
      hold.release();
      await(() -> cloud.effects().size() == 1);
      assertThat(engine.close(Duration.ofMillis(100))).containsExactly(ACME);
      Files.move(elsewhere, root);
    }
    try (FileStateStore store = FileStateStore.open(root);
        ProvisioningEngine next = laterEngine(store)) {
      succeeded(next.run(plan, ACME).orElseThrow());
    }
    assertThat(cloud.effects()).hasSize(2);
  }

  @Test
  void aDamagedDocumentKeepsNoOtherRunFromBeingRecovered() throws Exception {
    Hold hold = cloud.faults().on(CloudOperation.CREATE).block();
    try (FileStateStore store = FileStateStore.open(root)) {
      ProvisioningEngine engine = engine(store);
      engine.provision(plan, ACME, Wish.none());
      hold.awaitReached(LONG);
      engine.provision(plan, BOLT, Wish.none());
      engine.close(Duration.ZERO);
      hold.release();
    }
    Path damaged = document("acme");
    byte[] whole = Files.readAllBytes(damaged);
    for (byte[] damage : List.of(new byte[0], "nonsense".getBytes(UTF_8))) {
      Files.write(damaged, damage);
      try (FileStateStore store = FileStateStore.open(root);
          ProvisioningEngine next = laterEngine(store)) {
        succeeded(next.run(plan, BOLT).orElseThrow());
        assertThatThrownBy(() -> next.provision(plan, ACME, Wish.none()))
            .isInstanceOf(StateStoreException.class)
            .hasMessageContaining("The state file " + damaged + " cannot be read");
      }
    }
    Files.write(damaged, whole);
    try (FileStateStore store = FileStateStore.open(root);
        ProvisioningEngine next = laterEngine(store)) {
      succeeded(next.run(plan, ACME).orElseThrow());
    }
    assertThat(cloud.effects()).hasSize(4);
  }

  private Path document(String tenant) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(file -> file.endsWith(Path.of(tenant, "state")))
          .findFirst()
          .orElseThrow();
    }
  }

  private void mountSmall() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root may mount volumes");
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", root.toString()) == 0,
        "this machine does not let tests mount volumes");
  }

  private static void fill(Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      byte[] page = new byte[4096];
      while (true) {
        out.write(page);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left on device");
    }
  }

  private static int run(String... command) throws Exception {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor();
    } catch (IOException e) {
      return 127;
    }
  }

  /** Does something to the disk. */
  private interface Change {
    void make() throws IOException;
  }
}
