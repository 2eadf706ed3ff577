package dev.provisioner.terraform;

import static dev.provisioner.terraform.Fixture.attempt;
import static dev.provisioner.terraform.Fixture.begun;
import static dev.provisioner.terraform.Fixture.differences;
import static dev.provisioner.terraform.Fixture.made;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.provisioner.error.AmbiguousException;
import dev.provisioner.error.TransientException;
import dev.provisioner.spi.Found;
import dev.provisioner.testkit.TestAttempt;
import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Applies that break off. The second resource takes a minute until the file {@code go} exists. */
@RequiresPart(RealPart.TERRAFORM)
final class CrashTest {
  private static final String SLOW =
      """
      variable "home" {
        type = string
      }
      resource "terraform_data" "first" {
        provisioner "local-exec" {
          command = "echo first >> ${var.home}/made"
        }
      }
      resource "terraform_data" "second" {
        input = terraform_data.first.id
        provisioner "local-exec" {
          command = <<-EOT
            touch ${var.home}/begun
            for i in $(seq 600); do test -f ${var.home}/go && break; sleep 0.1; done
            echo second >> ${var.home}/made
          EOT
        }
      }
      output "first" {
        value = terraform_data.first.id
      }
      """;

  @TempDir Path home;
  private Fixture fixture;
  private StackSpec spec = StackSpec.of("slow");

  @BeforeEach
  void writeModule() throws IOException {
    fixture = new Fixture(home).module("slow", SLOW);
    spec = new StackSpec("slow", Map.of("home", home.toString()));
  }

  @Test
  void afterTerraformIsKilledTheNextAttemptCompletesAndMakesNothingTwice() throws Exception {
    TerraformStacks stacks = fixture.stacks();
    TestAttempt attempt = attempt("acme");
    CompletableFuture<Throwable> failure = failing(() -> stacks.provision(spec, attempt));
    awaitFile("begun");
    List<ProcessHandle> children = ProcessHandle.current().descendants().toList();
    terraform(attempt).destroyForcibly();

    assertThat(failure.get(20, TimeUnit.SECONDS))
        .isInstanceOf(AmbiguousException.class)
        .hasMessage(
            "Terraform apply was killed from outside. It had no time to end: what it was making at"
                + " that moment may exist without being in the state. The next attempt goes on from"
                + " there.");
    assertThat(children).noneMatch(ProcessHandle::isAlive);
    assertThat(differences(stacks.find(begun(spec), attempt.next())))
        .containsExactly("no apply has completed");
    go();
    StackOutputs outputs = made(stacks.provision(spec, attempt.next()));
    assertThat(stacks.find(begun(spec), attempt.next())).isEqualTo(Found.ours(outputs));
    assertThat(Files.readAllLines(home.resolve("made"))).containsExactly("first", "second");
  }

  @Test
  void aCancelledCallEndsWithinSecondsAndLeavesNoProcess() throws Exception {
    TerraformStacks stacks = fixture.stacks();
    TestAttempt attempt = attempt("acme");
    CompletableFuture<Throwable> failure = failing(() -> stacks.provision(spec, attempt));
    awaitFile("begun");
    List<ProcessHandle> children = ProcessHandle.current().descendants().toList();
    long start = System.nanoTime();
    attempt.cancel();
    assertThat(failure.get(20, TimeUnit.SECONDS))
        .isInstanceOf(AmbiguousException.class)
        .hasMessageStartingWith(
            "Terraform apply was stopped, because the call was cancelled or its time was over.");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    assertThat(children).isNotEmpty().noneMatch(ProcessHandle::isAlive);
    go();
    made(stacks.provision(spec, attempt.next()));
    assertThat(Files.readAllLines(home.resolve("made"))).containsOnlyOnce("first");
  }

  @Test
  void aTerraformThatDoesNotStopIsKilledWithItsChildren() throws Exception {
    Path deaf = home.resolve("terraform-deaf");
    Files.writeString(
        deaf, "#!/bin/sh\ntrap '' TERM\n" + RealPart.TERRAFORM.path() + " \"$@\"\nexit $?\n");
    Files.setPosixFilePermissions(deaf, PosixFilePermissions.fromString("rwx------"));
    TerraformStacks stacks =
        fixture.builder().binary(deaf.toString()).grace(Duration.ofSeconds(1)).build();
    TestAttempt attempt = attempt("acme");
    CompletableFuture<Throwable> failure = failing(() -> stacks.provision(spec, attempt));
    awaitFile("begun");
    List<ProcessHandle> children = ProcessHandle.current().descendants().toList();
    attempt.cancel();
    assertThat(failure.get(10, TimeUnit.SECONDS))
        .isInstanceOf(AmbiguousException.class)
        .hasMessageContaining("It had no time to end");
    assertThat(children).hasSizeGreaterThan(2).noneMatch(ProcessHandle::isAlive);
    go();
    made(fixture.stacks().provision(spec, attempt.next()));
    assertThat(Files.readAllLines(home.resolve("made"))).containsExactly("first", "second");
  }

  @Test
  void aCallEndsAtItsDeadline() throws Exception {
    TestAttempt attempt = attempt("acme").within(Duration.ofSeconds(3));
    assertThatThrownBy(() -> fixture.stacks().provision(spec, attempt))
        .isInstanceOf(AmbiguousException.class);
    assertThat(ProcessHandle.current().descendants().filter(CrashTest::isTerraform)).isEmpty();
  }

  @Test
  void anInterruptEndsTheCallAndIsKept() throws Exception {
    TerraformStacks stacks = fixture.stacks();
    TestAttempt attempt = attempt("acme");
    AtomicReference<Optional<Throwable>> failure = new AtomicReference<>(Optional.empty());
    AtomicBoolean kept = new AtomicBoolean();
    Thread thread =
        new Thread(
            () -> {
              failure.set(
                  Optional.ofNullable(catchThrowable(() -> stacks.provision(spec, attempt))));
              kept.set(Thread.currentThread().isInterrupted());
            });
    thread.start();
    awaitFile("begun");
    thread.interrupt();
    thread.join(20_000);
    assertThat(failure.get()).containsInstanceOf(AmbiguousException.class);
    assertThat(kept).isTrue();
  }

  @Test
  void aSecondCallForTheSameStackIsTransient() throws Exception {
    TerraformStacks stacks = fixture.stacks();
    TestAttempt attempt = attempt("acme");
    CompletableFuture<Throwable> first = failing(() -> stacks.provision(spec, attempt));
    awaitFile("begun");
    Path directory = fixture.work.toRealPath().resolve(attempt.name());
    assertThatThrownBy(() -> stacks.provision(spec, attempt.next()))
        .isInstanceOf(TransientException.class)
        .hasMessage("Another call works on the stack in " + directory + ".");
    go();
    assertThat(first.get(20, TimeUnit.SECONDS)).isInstanceOf(NoFailure.class);
  }

  @Test
  void afterTheEngineIsKilledTerraformFinishesByItself() throws Exception {
    TestAttempt attempt = attempt("acme");
    Process engine = fixture.fork(Engine.class, home.toString());
    awaitFile("begun");
    engine.destroyForcibly().waitFor();
    ProcessHandle terraform = terraform(attempt);

    TerraformStacks stacks = fixture.stacks();
    assertThat(stacks.find(begun(spec), attempt.next()))
        .isEqualTo(
            Found.busy(
                Duration.ofSeconds(2),
                "terraform apply (pid "
                    + terraform.pid()
                    + "), which an earlier engine started; it ends by itself"));
    assertThatThrownBy(() -> stacks.provision(spec, attempt.next()))
        .isInstanceOf(TransientException.class);
    go();
    awaitIdle(stacks, attempt);
    assertThat(Files.readAllLines(home.resolve("made"))).containsExactly("first", "second");
    StackOutputs outputs = made(stacks.provision(spec, attempt.next()));
    assertThat(stacks.find(begun(spec), attempt.next())).isEqualTo(Found.ours(outputs));
    assertThat(Files.readAllLines(home.resolve("made"))).containsExactly("first", "second");
  }

  /** What the test above kills. */
  static final class Engine {
    public static void main(String[] args) throws IOException {
      Fixture fixture = new Fixture(Path.of(args[0]));
      StackSpec spec = new StackSpec("slow", Map.of("home", args[0]));
      fixture.stacks().provision(spec, attempt("acme"));
    }
  }

  private void awaitIdle(TerraformStacks stacks, TestAttempt attempt) throws Exception {
    for (int i = 0; i < 200; i++) {
      if (!(stacks.find(begun(spec), attempt.next()) instanceof Found.Busy)) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    throw new AssertionError("Terraform did not end by itself.");
  }

  private ProcessHandle terraform(TestAttempt attempt) throws IOException {
    Path note = TerraformCall.noteOf(fixture.work.resolve(attempt.name()));
    return ProcessHandle.of(RunningCall.alive(note).orElseThrow().pid()).orElseThrow();
  }

  private void awaitFile(String name) throws InterruptedException {
    for (int i = 0; i < 400 && !Files.exists(home.resolve(name)); i++) {
      TimeUnit.MILLISECONDS.sleep(50);
    }
    assertThat(home.resolve(name)).exists();
  }

  private void go() throws IOException {
    Files.writeString(home.resolve("go"), "");
  }

  private static boolean isTerraform(ProcessHandle process) {
    return process.info().command().orElse("").contains("terraform");
  }

  private static final class NoFailure extends RuntimeException {
    NoFailure() {
      super("did not fail");
    }
  }

  private static CompletableFuture<Throwable> failing(Callable<?> call) {
    return CompletableFuture.supplyAsync(
        () -> {
          Throwable failure = catchThrowable(call::call);
          return failure == null ? new NoFailure() : failure;
        });
  }
}
