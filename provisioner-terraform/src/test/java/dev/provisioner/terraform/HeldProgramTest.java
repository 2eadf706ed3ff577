package dev.provisioner.terraform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HeldProgramTest {
  private static final String HOSTILE = " a'b\"c$(id)`id`\\n\n*\u00e9 ";

  @TempDir Path home;

  @BeforeEach
  void requireShell() {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "programs are held where /bin/sh is");
  }

  private HeldProgram start(Map<String, String> variables, String... command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().putAll(variables);
    builder.redirectOutput(home.resolve("out").toFile());
    builder.redirectError(home.resolve("err").toFile());
    return HeldProgram.start(builder);
  }

  @Test
  void aProgramRunsInTheSameProcessOnceReleasedAndGetsItsArgumentsAndVariablesUnchanged()
      throws Exception {
    HeldProgram program =
        start(
            Map.of("PATH", "/usr/bin:/bin", "V", HOSTILE),
            "sh",
            "-c",
            "printf '%s|%s|%s' $$ \"$V\" \"$1\"; cat",
            "-x",
            HOSTILE);
    assertThat(program.process().waitFor(200, TimeUnit.MILLISECONDS)).isFalse();
    assertThat(home.resolve("out")).isEmptyFile();
    program.release();
    assertThat(program.process().waitFor()).isZero();
    assertThat(home.resolve("out"))
        .hasContent(program.process().pid() + "|" + HOSTILE + "|" + HOSTILE);
  }

  @Test
  void aProgramWhoseStarterDiesBeforeReleasingItNeverRuns() throws Exception {
    Process starter = new Fixture(home).fork(Starter.class, home.toString());
    starter.waitFor();
    ProcessHandle.of(Long.parseLong(Files.readString(home.resolve("pid"))))
        .ifPresent(process -> process.onExit().join());
    assertThat(home.resolve("ran")).doesNotExist();
  }

  /** Dies between the start and the release. */
  static final class Starter {
    public static void main(String[] args) throws IOException {
      Path home = Path.of(args[0]);
      ProcessBuilder touch = new ProcessBuilder("touch", home.resolve("ran").toString());
      Files.writeString(
          home.resolve("pid"), Long.toString(HeldProgram.start(touch).process().pid()));
      Runtime.getRuntime().halt(1);
    }
  }

  @Test
  void aProgramThatIsKilledBeforeItsReleaseEndsAsKilled() throws Exception {
    HeldProgram program = start(Map.of("PATH", "/usr/bin:/bin"), "true");
    program.process().destroyForcibly().waitFor();
    program.release();
    assertThat(program.process().exitValue()).isEqualTo(137);
    assertThat(program.mayNotHaveRun(137)).isFalse();
  }

  @Test
  void aProgramThatIsMissingOrNoneIsTold() throws Exception {
    Path file = Files.writeString(home.resolve("file"), "");
    for (String missing : new String[] {"missing-program", file.toString(), home.toString()}) {
      HeldProgram program = start(Map.of("PATH", "/usr/bin:/bin"), missing);
      program.release();
      assertThat(program.mayNotHaveRun(program.process().waitFor())).as(missing).isTrue();
    }
  }

  /** Terraform takes a variable named a-b; some shells would lose it. */
  @Test
  void aVariableThatAShellMayNotPassOnIsNotLost() throws Exception {
    HeldProgram program = start(Map.of("TF_VAR_a-b", "x", "PATH", "/usr/bin:/bin"), "env");
    assertThat(program.held()).isFalse();
    program.release();
    assertThat(program.process().waitFor()).isZero();
    assertThat(Files.readAllLines(home.resolve("out"))).contains("TF_VAR_a-b=x");
  }
}
