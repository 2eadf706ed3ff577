package dev.provisioner.terraform;

import static dev.provisioner.terraform.Fixture.attempt;
import static dev.provisioner.terraform.Fixture.begun;
import static dev.provisioner.terraform.Fixture.made;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.error.TransientException;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Removed;
import dev.provisioner.testkit.TestAttempt;
import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Terraform in its first apply, whose engine has died. It goes on when the file go exists. */
@RequiresPart(RealPart.TERRAFORM)
final class OrphanTest {
  private static final String WAITING =
      """
      variable "home" {
        type = string
      }
      resource "terraform_data" "only" {
        provisioner "local-exec" {
          command = <<-EOT
            touch ${var.home}/begun
            for i in $(seq 600); do test -f ${var.home}/go && break; sleep 0.1; done
            echo made >> ${var.home}/made
          EOT
        }
        provisioner "local-exec" {
          when    = destroy
          command = "echo removed >> $HOME/made"
        }
      }
      """;

  /** Kills its engine as soon as it is started for an apply, and becomes Terraform later. */
  private static final String KILLER =
      """
      #!/bin/sh
      if [ "$1" = apply ]; then
        kill -9 $PPID
        touch %1$s/killed
        for i in $(seq 600); do test -f %1$s/start && break; sleep 0.1; done
      fi
      exec %2$s "$@"
      """;

  @TempDir Path home;
  private Fixture fixture;
  private StackSpec spec = StackSpec.of("waiting");
  private final TestAttempt attempt = attempt("acme");

  @BeforeEach
  void writeModule() throws IOException {
    fixture = new Fixture(home).module("waiting", WAITING);
    spec = new StackSpec("waiting", Map.of("home", home.toString()));
  }

  @AfterEach
  void endOrphans() throws IOException {
    touch("start");
    touch("go");
  }

  @Test
  void aTerraformWhoseEngineDiedWhileStartingItIsKnown() throws Exception {
    Path killer = home.resolve("terraform-killer");
    Files.writeString(killer, KILLER.formatted(home, RealPart.TERRAFORM.path()));
    Files.setPosixFilePermissions(killer, PosixFilePermissions.fromString("rwx------"));
    engineDiesAt("killed", killer);

    TerraformStacks stacks = fixture.stacks();
    assertLeftAlone(stacks);
    touch("start");
    awaitFile("begun");
    assertLeftAlone(stacks);
    touch("go");
    endsByItself(stacks);
  }

  private void assertLeftAlone(TerraformStacks stacks) throws IOException {
    assertThat(stacks.find(begun(spec), attempt.next())).isInstanceOf(Found.Busy.class);
    assertThatThrownBy(() -> stacks.deprovision(begun(spec), attempt.next()))
        .isInstanceOf(TransientException.class)
        .hasMessageStartingWith("Still at work: terraform apply (pid ");
    assertThatThrownBy(() -> stacks.provision(spec, attempt.next()))
        .isInstanceOf(TransientException.class);
  }

  private void endsByItself(TerraformStacks stacks) throws Exception {
    for (int i = 0; stacks.find(begun(spec), attempt.next()) instanceof Found.Busy; i++) {
      assertThat(i).isLessThan(200);
      TimeUnit.MILLISECONDS.sleep(50);
    }
    made(stacks.provision(spec, attempt.next()));
    assertThat(Files.readAllLines(home.resolve("made"))).containsExactly("made");
    assertThat(stacks.deprovision(begun(spec), attempt.next())).isEqualTo(Removed.gone());
    assertThat(fixture.work.resolve(attempt.name())).doesNotExist();
  }

  /** The note says nothing on another machine with the same disk. */
  @Test
  void aTerraformWithoutANoteIsLeftAloneForItsLock() throws Exception {
    engineDiesAt("begun", RealPart.TERRAFORM.path());
    Files.delete(TerraformCall.noteOf(fixture.work.resolve(attempt.name())));

    TerraformStacks stacks = fixture.stacks();
    assertThatThrownBy(() -> stacks.deprovision(begun(spec), attempt.next()))
        .isInstanceOf(TransientException.class)
        .hasMessageContaining("lock");
    assertThatThrownBy(() -> stacks.provision(spec, attempt.next()))
        .isInstanceOf(TransientException.class);
    touch("go");
    awaitFile("made");
    endsByItself(stacks);
  }

  /** What is killed: its arguments are the home and the program. */
  static final class Engine {
    public static void main(String[] args) throws IOException {
      new Fixture(Path.of(args[0]))
          .builder()
          .binary(args[1])
          .build()
          .provision(new StackSpec("waiting", Map.of("home", args[0])), attempt("acme"));
    }
  }

  private void engineDiesAt(String file, Path binary) throws Exception {
    Process engine = fixture.fork(Engine.class, home.toString(), binary.toString());
    awaitFile(file);
    engine.destroyForcibly().waitFor();
  }

  private void touch(String name) throws IOException {
    Files.writeString(home.resolve(name), "");
  }

  private void awaitFile(String name) throws InterruptedException {
    for (int i = 0; i < 400 && !Files.exists(home.resolve(name)); i++) {
      TimeUnit.MILLISECONDS.sleep(50);
    }
    assertThat(home.resolve(name)).exists();
  }
}
