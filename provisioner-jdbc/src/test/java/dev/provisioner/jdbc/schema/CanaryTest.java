package dev.provisioner.jdbc.schema;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.provisioner.engine.Outcome;
import dev.provisioner.engine.ProvisioningEngine;
import dev.provisioner.engine.Run;
import dev.provisioner.event.ProvisioningEvent;
import dev.provisioner.jdbc.Postgres;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Retry;
import dev.provisioner.plan.Step;
import dev.provisioner.secret.AesGcmCipher;
import dev.provisioner.secret.Secret;
import dev.provisioner.state.FileStateStore;
import dev.provisioner.tenant.TenantId;
import dev.provisioner.testkit.SecretCanary;
import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** An engine's whole life with a tenant's schema, and where its password can be seen: nowhere. */
@RequiresPart(RealPart.POSTGRESQL)
@ExtendWith(Postgres.class)
final class CanaryTest {
  private static final TenantId ACME = TenantId.of("acme");

  record Input(@Nullable Secret password, int connections, String reader) {}

  @TempDir private Path home;
  private final Shop shop;
  private final SecretCanary first = SecretCanary.create();
  private final SecretCanary second = SecretCanary.create();
  private final List<Object> seen = new CopyOnWriteArrayList<>();
  private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Level before = root.getLevel();

  CanaryTest(Postgres.Server server) throws Exception {
    shop = new Shop(server);
  }

  @BeforeEach
  void listen() {
    log.list = new CopyOnWriteArrayList<>();
    log.start();
    root.addAppender(log);
    root.setLevel(Level.TRACE);
  }

  @AfterEach
  void close() {
    root.detachAppender(log);
    root.setLevel(before);
    shop.close();
  }

  /** A canary of ASCII characters, as these passwords are. */
  private static Secret ascii(SecretCanary canary) {
    return Secret.of(canary.value().replace("é", "e"));
  }

  private static SchemaSpec spec(Input input) {
    SchemaSpec spec =
        SchemaSpec.standard().connectionLimit(input.connections()).readableBy(input.reader());
    return input.password() == null ? spec : spec.password(input.password());
  }

  @Test
  void thePasswordIsInNoLogNoEventNoExceptionNoStateAndNoCatalog() throws Exception {
    shop.sql("ALTER ROLE \"" + shop.admin + "\" SET log_statement = 'all'");
    shop.sql("ALTER ROLE \"" + shop.admin + "\" SET log_min_messages = 'debug1'");
    Step<Input, TenantSchema> schema =
        Step.named("schema", shop.schemas())
            .retry(Retry.never())
            .from(tenant -> spec(tenant.input()));
    Plan<Input> plan = Plan.of(shop.plan, Input.class, schema);
    List<TenantSchema> made = new ArrayList<>();
    try (FileStateStore store = FileStateStore.open(home.resolve("store"));
        ProvisioningEngine engine =
            ProvisioningEngine.builder(store)
                .installation("canary")
                .plans(plan)
                .cipher(
                    AesGcmCipher.builder("k1", AesGcmCipher.generateKey())
                        .fingerprintKey(AesGcmCipher.generateKey())
                        .build())
                .listener(this::told)
                .build()) {
      for (Input input :
          List.of(
              new Input(ascii(first), 5, shop.reporting),
              new Input(ascii(second), 6, shop.reporting),
              new Input(null, 7, shop.reporting))) {
        seen.add(engine.preview(plan, ACME, input));
        Outcome outcome = ended(engine.provision(plan, ACME, input));
        assertThat(outcome).isInstanceOf(Outcome.Succeeded.class);
        TenantSchema output = ((Outcome.Succeeded) outcome).output(schema);
        shop.login(output).close();
        seen.add(output);
        made.add(output);
        seen.add(engine.drift(plan, ACME));
      }
      Input failing = new Input(ascii(first), 8, "nobody");
      assertThat(ended(engine.provision(plan, ACME, failing))).isInstanceOf(Outcome.Failed.class);
      assertThat(ended(engine.deprovision(plan, ACME))).isInstanceOf(Outcome.Succeeded.class);
    }
    assertThat(made).extracting(TenantSchema::schemaOid).containsOnly(made.get(0).schemaOid());
    log.list.forEach(
        event ->
            seen.add(
                event.getFormattedMessage()
                    + Arrays.toString(event.getArgumentArray())
                    + event.getMDCPropertyMap()
                    + event.getThrowableProxy()));
    String serverLog = serverLog();
    assertThat(serverLog).contains("ALTER ROLE \"" + made.get(0).role() + "\" PASSWORD");
    seen.add(serverLog);
    seen.add(home.resolve("store"));
    first.assertNotIn(seen.toArray());
    second.assertNotIn(seen.toArray());
    String generated = made.get(2).password().reveal();
    assertThat(seen).noneMatch(text -> String.valueOf(text).contains(generated));
    assertThat(log.list).isNotEmpty();
  }

  private void told(ProvisioningEvent event) {
    seen.add(event + event.describe());
  }

  private Outcome ended(Run run) throws InterruptedException {
    Outcome outcome = run.await(Duration.ofMinutes(1));
    seen.addAll(List.of(outcome, outcome.explain(), run.report()));
    return outcome;
  }

  /** Returns the server's log and, as a superuser sees it, all it knows of roles. */
  private String serverLog() throws Exception {
    Path data = Path.of(shop.query("SHOW data_directory").get(0));
    return Files.readString(data.resolveSibling("log"))
        + shop.query("SELECT a::text FROM pg_authid a")
        + shop.query("SELECT d::text FROM pg_shdescription d");
  }
}
