package dev.provisioner.terraform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.provisioner.engine.Outcome;
import dev.provisioner.engine.ProvisioningEngine;
import dev.provisioner.engine.Run;
import dev.provisioner.event.ProvisioningEvent;
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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * A secret that a real Terraform is given is in its working directory, for its owner only, in the
 * environment of its processes, and nowhere else.
 */
@RequiresPart(RealPart.TERRAFORM)
final class CanaryTest {
  private static final TenantId ACME = TenantId.of("acme");
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String MODULE =
      """
      variable "password" {
        type      = string
        sensitive = true
      }
      variable "careless" {
        type = list(object({ key = string }))
      }
      variable "command" {
        type = string
      }
      resource "terraform_data" "account" {
        input = { password = var.password, careless = var.careless }
        provisioner "local-exec" {
          command     = var.command
          environment = { WORD = var.password }
        }
        triggers_replace = var.command
      }
      output "password" {
        value     = var.password
        sensitive = true
      }
      output "command" {
        value = var.command
      }
      """;

  record Input(Secret password, Secret careless, String command) {}

  @TempDir private Path home;
  private final SecretCanary password = SecretCanary.create();
  private final SecretCanary careless = SecretCanary.create();
  private final List<ProvisioningEvent> events = new CopyOnWriteArrayList<>();
  private final List<Object> seen = new ArrayList<>();
  private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Level before = root.getLevel();
  private Fixture fixture;
  private Step<Input, StackOutputs> stack;
  private Plan<Input> plan;
  private FileStateStore store;
  private ProvisioningEngine engine;

  @BeforeEach
  void open() throws IOException {
    log.list = new CopyOnWriteArrayList<>();
    log.start();
    root.addAppender(log);
    root.setLevel(Level.TRACE);
    fixture = new Fixture(home).module("account", MODULE);
    TerraformStacks stacks = fixture.stacks();
    stack =
        Step.named("stack", stacks)
            .retry(Retry.never())
            .from(
                tenant ->
                    stacks
                        .stack("account")
                        .variable("password", tenant.input().password())
                        .variable("careless", List.of(new Key(tenant.input().careless())))
                        .variable("command", tenant.input().command()));
    plan = Plan.of("plan", Input.class, stack);
    store = FileStateStore.open(home.resolve("store"));
    engine =
        ProvisioningEngine.builder(store)
            .installation("test")
            .plans(plan)
            .cipher(
                AesGcmCipher.builder("k1", AesGcmCipher.generateKey())
                    .fingerprintKey(AesGcmCipher.generateKey())
                    .build())
            .listener(events::add)
            .build();
  }

  record Key(Secret key) {}

  @AfterEach
  void close() {
    engine.close();
    store.close();
    root.detachAppender(log);
    root.setLevel(before);
  }

  private Run provision(String command) {
    return engine.provision(plan, ACME, new Input(password.secret(), careless.secret(), command));
  }

  private Outcome ended(Run run) throws InterruptedException {
    Outcome outcome = run.await(PATIENCE);
    seen.addAll(List.of(outcome, outcome.explain(), run.report()));
    seen.add(engine.status(plan, ACME).orElseThrow());
    return outcome;
  }

  /** Searches all that came out, and all files but those in the working directory. */
  private void assertOnlyInTheWorkingDirectory() throws IOException {
    List<Object> all = new ArrayList<>(seen);
    events.forEach(event -> all.add(event + event.describe()));
    log.list.forEach(
        event ->
            all.add(
                event.getFormattedMessage()
                    + Arrays.toString(event.getArgumentArray())
                    + event.getMDCPropertyMap()
                    + event.getThrowableProxy()));
    all.add(fixture.modules);
    all.add(home.resolve("store"));
    all.addAll(recentFiles(Path.of(System.getProperty("java.io.tmpdir"))));
    all.addAll(recentFiles(Path.of(System.getProperty("user.home"), ".terraform.d")));
    password.assertNotIn(all.toArray());
    careless.assertNotIn(all.toArray());
    assertThat(log.list).isNotEmpty();
  }

  /** Other processes' files are none of ours; what lies beside our own directory could be. */
  private List<Path> recentFiles(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    long begun = Files.getLastModifiedTime(fixture.modules).toMillis();
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> Files.isRegularFile(file) && Files.isReadable(file))
          .filter(file -> file.toFile().lastModified() >= begun)
          .toList();
    }
  }

  /** Returns the files in clear, all of which their owner alone can reach. */
  private List<Path> inClear() throws IOException {
    assertThat(mode(fixture.work)).isEqualTo("rwx------");
    List<Path> found = new ArrayList<>();
    try (Stream<Path> tree = Files.walk(fixture.work)) {
      for (Path file : tree.filter(Files::isRegularFile).toList()) {
        if (!password.sightings(file).isEmpty() || !careless.sightings(file).isEmpty()) {
          assertThat(mode(file)).as(file.toString()).isEqualTo("rw-------");
          found.add(file);
        }
      }
    }
    return found;
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void aWholeLifeLeavesItInTheWorkingDirectoryAloneAndThePurgeNowhere() throws Exception {
    Outcome.Succeeded made = (Outcome.Succeeded) ended(provision("true"));
    assertThat(made.output(stack).outputs().get("password")).isEqualTo(password.secret());
    seen.add(made.output(stack));
    assertOnlyInTheWorkingDirectory();
    assertThat(inClear())
        .extracting(file -> file.getFileName().toString())
        .as("a state in clear is what this search must be able to see")
        .contains("terraform.tfstate")
        .allMatch(name -> name.startsWith("terraform.tfstate"));
    seen.add(engine.drift(plan, ACME));
    seen.add(engine.preview(plan, ACME, new Input(careless.secret(), password.secret(), "true")));
    assertThat(ended(provision("true # again"))).isInstanceOf(Outcome.Succeeded.class);
    assertOnlyInTheWorkingDirectory();
    inClear();
    assertThat(ended(engine.deprovision(plan, ACME))).isInstanceOf(Outcome.Succeeded.class);
    assertThat(ended(engine.purge(plan, ACME))).isInstanceOf(Outcome.Succeeded.class);
    seen.add(fixture.work);
    assertOnlyInTheWorkingDirectory();
  }

  @Test
  void whatFailsQuotesNone() throws Exception {
    String quoting = "printf '%s' \"$WORD\"; printf '%s' \"$WORD\" | base64 >&2; exit 3";
    assertThat(ended(provision(quoting))).isInstanceOf(Outcome.Failed.class);
    assertOnlyInTheWorkingDirectory();
    inClear();
    assertThat(ended(engine.deprovision(plan, ACME))).isInstanceOf(Outcome.Succeeded.class);
    assertOnlyInTheWorkingDirectory();
  }

  @Test
  void aRunningTerraformHasItInItsEnvironmentForItsOwnerAndNotOnItsCommandLine() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/environ")), "only Linux tells");
    Path go = home.resolve("go");
    Path there = home.resolve("there");
    Run run = provision("touch " + there + "; until [ -e " + go + " ]; do sleep 0.1; done");
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!Files.exists(there) && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
    int looked = 0;
    try {
      for (ProcessHandle child : ProcessHandle.current().descendants().toList()) {
        Path proc = Path.of("/proc/" + child.pid());
        if (Files.exists(proc.resolve("environ"))) {
          password.assertNotIn(Files.readString(proc.resolve("cmdline")));
          careless.assertNotIn(Files.readString(proc.resolve("cmdline")));
          assertThat(mode(proc.resolve("environ"))).isEqualTo("r--------");
          looked++;
        }
      }
      inClear();
    } finally {
      Files.createFile(go);
    }
    assertThat(looked).as("Terraform and what it runs").isGreaterThanOrEqualTo(2);
    assertThat(ended(run)).isInstanceOf(Outcome.Succeeded.class);
    assertOnlyInTheWorkingDirectory();
  }
}
