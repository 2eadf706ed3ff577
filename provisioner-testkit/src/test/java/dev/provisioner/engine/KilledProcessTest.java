package dev.provisioner.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.provisioner.engine.FolderProcess.Folders;
import dev.provisioner.engine.FolderProcess.Wish;
import dev.provisioner.plan.Plan;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.FileStateStore;
import dev.provisioner.tenant.TenantId;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes on a file store, killed and stopped by the operating system. */
@Timeout(120)
final class KilledProcessTest {
  private static final int ROUNDS = 15;
  private static final int TENANTS = 4;
  private static final long SEED = 20260101;

  @TempDir Path directory;

  private Process start(long callMillis, String... tenants) throws IOException {
    Files.createDirectories(directory.resolve("cloud"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-XX:TieredStopAtLevel=1", "-Xshare:auto", "-XX:+UseSerialGC", "-Xmx128m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(FolderProcess.class.getName());
    command.add(directory.toString());
    command.add(Long.toString(callMillis));
    command.addAll(List.of(tenants));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  private static void awaitLine(BufferedReader out, String start) throws IOException {
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith(start)) {
        return;
      }
    }
    throw new AssertionError("The process ended without saying " + start + ".");
  }

  @Test
  void eachFolderIsMadeOnceHoweverOftenTheProcessIsKilled() throws Exception {
    Random random = new Random(SEED);
    List<String> all = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      String[] tenants = new String[TENANTS];
      for (int i = 0; i < TENANTS; i++) {
        tenants[i] = "r" + round + "-t" + i;
      }
      all.addAll(List.of(tenants));
      Process process = start(3, tenants);
      try (BufferedReader out = process.inputReader()) {
        awaitLine(out, "CALL");
        Thread.sleep(random.nextInt(200));
      } finally {
        process.destroyForcibly().waitFor();
      }
    }

    long before = folders();
    Folders folders = new Folders(directory.resolve("cloud"), 0, false);
    Plan<Wish> plan = FolderProcess.plan(folders);
    try (FileStateStore store = FileStateStore.open(directory.resolve("store"));
        ProvisioningEngine engine = FolderProcess.engine(store, plan).build()) {
      for (String tenant : all) {
        Run run = engine.provision(plan, TenantId.of(tenant), new Wish("w"));
        assertThat(run.await(Duration.ofSeconds(30)))
            .as(tenant + ", seed " + SEED)
            .isInstanceOf(Outcome.Succeeded.class);
      }
    }
    System.out.println(
        "killed " + ROUNDS + " processes, which had made " + before + " of " + all.size() * 4);
    assertThat(folders()).as("seed " + SEED).isEqualTo(all.size() * 4L);
  }

  @Test
  void aProcessThatWasStoppedPastItsLeaseWritesNothingWhenItGoesOn() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/bin/kill")), "there is no /bin/kill to stop a process");
    Process process = start(300, "acme");
    DocumentKey key = new DocumentKey("test", "folders", TenantId.of("acme"));
    Plan<Wish> plan = FolderProcess.plan(new Folders(directory.resolve("cloud"), 0, false));
    try (BufferedReader out = process.inputReader()) {
      awaitLine(out, "CALL");
      signal("-STOP", process);
      try (FileStateStore store = FileStateStore.open(directory.resolve("store"));
          ProvisioningEngine engine = FolderProcess.engine(store, plan).build()) {
        Run run = engine.run(plan, TenantId.of("acme")).orElseThrow();
        assertThat(run.await(Duration.ofSeconds(40))).isInstanceOf(Outcome.Succeeded.class);
        String revision = store.read(key).orElseThrow().revision();
        signal("-CONT", process);
        assertThat(out.lines()).contains("LOST", "DONE"); // until it ends; told by two threads
        assertThat(store.read(key).orElseThrow().revision()).isEqualTo(revision);
      }
    } finally {
      process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
    assertThat(folders()).isEqualTo(4);
  }

  private static void signal(String signal, Process process) throws Exception {
    Process kill = new ProcessBuilder("/bin/kill", signal, Long.toString(process.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  private long folders() throws IOException {
    try (Stream<Path> all = Files.list(directory.resolve("cloud"))) {
      return all.filter(each -> each.getFileName().toString().contains("~")).count();
    }
  }
}
