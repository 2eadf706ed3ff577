package dev.provisioner.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariDataSource;
import dev.provisioner.engine.Outcome;
import dev.provisioner.engine.ProvisioningEngine;
import dev.provisioner.error.StateStoreException;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Step;
import dev.provisioner.state.StateStore;
import dev.provisioner.tenant.TenantId;
import dev.provisioner.testkit.FakeCloud;
import dev.provisioner.testkit.FakeResource;
import dev.provisioner.testkit.FakeResources;
import dev.provisioner.testkit.FakeSpec;
import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import dev.provisioner.testkit.tcp.TcpFault;
import dev.provisioner.testkit.tcp.TcpFaultProxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A network that loses, withholds and delays what PostgreSQL is asked and answers. */
@RequiresPart(RealPart.POSTGRESQL)
@ExtendWith(Postgres.class)
@Timeout(120)
final class FaultyNetworkTest {
  private static final String DOUBT =
      "It may or may not have been written: read it again before anything else. See that the"
          + " database is up, reachable and writable, and try again.";

  private final TcpFaultProxy proxy;
  private final HikariDataSource pool;
  private final StateStore store;

  FaultyNetworkTest(Postgres.Server server) throws Exception {
    String url = server.newDatabase();
    proxy = Pools.proxy(url);
    pool = Pools.hikari(Pools.through(proxy, url), 3);
    store = JdbcStateStore.on(pool).queryTimeout(Duration.ofSeconds(1)).createTables().open();
  }

  @AfterEach
  void close() throws Exception {
    store.close();
    pool.close();
    proxy.close();
  }

  private static boolean isWrite(String sent) {
    return sent.contains("INSERT INTO \"provisioner_state\"")
        || sent.contains("INSERT INTO provisioner_state");
  }

  private static boolean isRead(String sent) {
    return sent.contains("SELECT") && sent.contains("provisioner_state") && !isWrite(sent);
  }

  private String message(String attempted, String why, String stands) {
    return "Cannot "
        + attempted
        + " the state of shop-eu/onboarding/acme in the PostgreSQL database "
        + pool.getJdbcUrl().split("\\?", 2)[0]
        + ": "
        + why
        + " (SQLState 08006). "
        + stands;
  }

  private StateStoreException writeFails() {
    return catchThrowableOfType(
        StateStoreException.class,
        () -> store.write(Sample.key("acme"), null, Sample.document("x")));
  }

  @Test
  void aWriteWhoseAnswerIsLostIsInDoubtAndWasMade() {
    proxy.next(FaultyNetworkTest::isWrite, TcpFault.loseAnswer());
    assertThat(writeFails())
        .hasMessage(message("write", "An I/O error occurred while sending to the backend", DOUBT));
    assertThat(store.read(Sample.key("acme")).map(Sample::text)).contains("x");
  }

  @Test
  void aWriteThatIsResetOnItsWayIsInDoubtAndWasNotMade() {
    proxy.next(FaultyNetworkTest::isWrite, TcpFault.reset());
    assertThat(writeFails())
        .hasMessage(message("write", "An I/O error occurred while sending to the backend", DOUBT));
    assertThat(store.read(Sample.key("acme"))).isEmpty();
    assertThat(store.write(Sample.key("acme"), null, Sample.document("y"))).isPresent();
  }

  @Test
  void aWriteOnAHalfOpenConnectionIsGivenUpAndOthersGoOn() {
    proxy.next(FaultyNetworkTest::isWrite, TcpFault.halfOpen());
    long began = System.nanoTime();
    assertThat(writeFails())
        .hasMessage(message("write", "An I/O error occurred while sending to the backend", DOUBT));
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofSeconds(5));
    assertThat(store.read(Sample.key("acme"))).isEmpty();
    assertThat(store.write(Sample.key("acme"), null, Sample.document("y"))).isPresent();
  }

  @Test
  void aWriteWhoseAnswerIsWithheldIsInDoubtAndWasMade() {
    proxy.next(FaultyNetworkTest::isWrite, TcpFault.withholdAnswer());
    assertThat(writeFails())
        .hasMessage(message("write", "An I/O error occurred while sending to the backend", DOUBT));
    assertThat(store.read(Sample.key("acme")).map(Sample::text)).contains("x");
  }

  @Test
  void aReadOnAHalfOpenConnectionIsGivenUp() {
    proxy.next(FaultyNetworkTest::isRead, TcpFault.halfOpen());
    assertThatThrownBy(() -> store.read(Sample.key("acme")))
        .isInstanceOf(StateStoreException.class)
        .hasMessage(
            message(
                "read",
                "An I/O error occurred while sending to the backend",
                "Nothing was changed. See that the database is up, reachable and writable, and try"
                    + " again."));
    assertThat(store.read(Sample.key("acme"))).isEmpty();
  }

  @Test
  void aWriteThatArrivesAfterItWasGivenUpOverwritesNothing() throws Exception {
    proxy.next(FaultyNetworkTest::isWrite, TcpFault.delay(Duration.ofSeconds(8)));
    assertThat(writeFails())
        .hasMessage(message("write", "An I/O error occurred while sending to the backend", DOUBT));
    assertThat(store.read(Sample.key("acme"))).isEmpty();
    Optional<String> revision = store.write(Sample.key("acme"), null, Sample.document("y"));
    while (proxy.connections() > pool.getHikariPoolMXBean().getTotalConnections()) {
      Thread.sleep(20); // until what was delayed was answered
    }
    assertThat(store.read(Sample.key("acme")).map(StateStore.Versioned::revision))
        .isEqualTo(revision);
  }

  @Test
  void nothingIsLostOnASlowLink() {
    proxy.next(sent -> true, TcpFault.slow(20_000));
    String text = "ü".repeat(2_500);
    assertThat(store.write(Sample.key("acme"), null, Sample.document(text))).isPresent();
    assertThat(store.read(Sample.key("acme")).map(Sample::text)).contains(text);
    assertThat(proxy.allHappened()).isTrue();
  }

  @Test
  void anEngineReadsBackWhatIsInDoubtAndDoesNothingTwice() throws Exception {
    FakeCloud cloud = new FakeCloud();
    FakeResources resources = FakeResources.on(cloud);
    Step<String, FakeResource> one = step("one", resources);
    Step<String, FakeResource> two = Step.named("two", resources).from(one, (t, o) -> spec("two"));
    Step<String, FakeResource> three =
        Step.named("three", resources).from(two, (t, o) -> spec("three"));
    Plan<String> plan = Plan.of("plan", String.class, one, two, three);
    proxy.next(
        FaultyNetworkTest::isWrite,
        TcpFault.loseAnswer(),
        TcpFault.reset(),
        TcpFault.loseAnswer(),
        TcpFault.reset());
    try (ProvisioningEngine engine =
        ProvisioningEngine.builder(store).installation("test").plans(plan).build()) {
      Outcome outcome = provisioned(engine, plan);
      assertThat(outcome).isInstanceOf(Outcome.Succeeded.class);
    }
    assertThat(proxy.allHappened()).isTrue();
    assertThat(cloud.effects())
        .extracting(effect -> effect.resource().name())
        .isEqualTo(List.of("one", "two", "three"));
  }

  /** Asks again if it is in doubt whether the run began. */
  private static Outcome provisioned(ProvisioningEngine engine, Plan<String> plan)
      throws InterruptedException {
    while (true) {
      try {
        return engine.provision(plan, TenantId.of("acme"), "input").await(Duration.ofSeconds(60));
      } catch (StateStoreException e) {
        assertThat(e).hasMessageContaining("may or may not");
      }
    }
  }

  private static Step<String, FakeResource> step(String name, FakeResources resources) {
    return Step.named(name, resources).from(tenant -> spec(name));
  }

  private static FakeSpec spec(String name) {
    return new FakeSpec(name, Map.of(), null, false);
  }
}
