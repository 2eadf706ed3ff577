package dev.provisioner.terraform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.error.PermanentException;
import dev.provisioner.secret.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PiecesTest {
  @TempDir Path home;

  @Test
  void noCommandAsksOrHoldsVariables() {
    assertThat(Commands.init()).containsExactly("init", "-json", "-input=false");
    assertThat(Commands.plan()).containsExactly("plan", "-json", "-input=false", "-out=tfplan");
    assertThat(Commands.applyPlan()).containsExactly("apply", "-json", "-input=false", "tfplan");
    assertThat(Commands.drift())
        .containsExactly("plan", "-refresh-only", "-detailed-exitcode", "-json", "-input=false");
    assertThat(Commands.destroy())
        .containsExactly("destroy", "-auto-approve", "-json", "-input=false");
    assertThat(Commands.output()).containsExactly("output", "-json");
    assertThat(Commands.pushErroredState()).containsExactly("state", "push", "errored.tfstate");
  }

  @Test
  void theChildSeesAShortListAndWhatTheHostGives() throws IOException {
    Map<String, String> ours =
        Map.of(
            "PATH", "/bin",
            "AWS_SECRET_ACCESS_KEY", "ours",
            "TF_LOG", "trace",
            "TF_CLI_ARGS", "-no-color",
            "TF_CLI_CONFIG_FILE", home.resolve("missing").toString());
    assertThat(ChildEnvironment.of(ours, Map.of("AWS_REGION", Secret.of("eu")), null, null))
        .isEqualTo(
            Map.of(
                "PATH", "/bin",
                "AWS_REGION", "eu",
                "TF_IN_AUTOMATION", "1",
                "TF_INPUT", "0",
                "CHECKPOINT_DISABLE", "1"));
    Path config = Files.createFile(home.resolve("terraform.rc"));
    Map<String, String> named = Map.of("TF_CLI_CONFIG_FILE", config.toString());
    assertThat(ChildEnvironment.of(named, Map.of(), null, null))
        .containsEntry("TF_CLI_CONFIG_FILE", config.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"TF_DATA_DIR", "tf_input", "TF_VAR_x", "TF_CLI_ARGS_plan", "TF_LOG", "A=B", ""})
  void whatTheLibrarySetsIsRefused(String name) {
    assertThatThrownBy(() -> ChildEnvironment.check(name))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aTailReadsPartialLongAndUnendedLines() throws IOException {
    Path file = Files.createFile(home.resolve("out"));
    List<String> lines = new ArrayList<>();
    try (OutputTail tail = new OutputTail(file, lines::add)) {
      append(file, "one\ntw");
      tail.read();
      assertThat(lines).containsExactly("one");
      append(file, "o\n" + "x".repeat(300_000) + "\n" + "y".repeat(9 << 20) + "\nlast");
      tail.readAll();
    }
    assertThat(lines).containsExactly("one", "two", "x".repeat(300_000), "last");
  }

  @Test
  void aTailEmptiesAFileThatGrowsWithoutEnd() throws IOException {
    Path file = Files.createFile(home.resolve("out"));
    List<String> lines = new ArrayList<>();
    try (OutputTail tail = new OutputTail(file, lines::add)) {
      append(file, ("z".repeat(1 << 20) + "\n").repeat(65));
      tail.read();
      assertThat(Files.size(file)).isZero();
      append(file, "after\n");
      tail.read();
    }
    assertThat(lines).hasSize(66).endsWith("after");
  }

  @Test
  void secretsAreHiddenInEveryForm() {
    Redactor redactor = Redactor.of(List.of("p\"a ss${x}", "ab"));
    assertThat(redactor.redact("p\"a ss${x} p\\\"a ss${x} p\\\"a ss$${x} p%22a+ss%24%7Bx%7D ab"))
        .isEqualTo("[secret] [secret] [secret] [secret] ab");
    assertThat(redactor.redact("cCJhIHNzJHt4fQ==")).isEqualTo("[secret]");
  }

  @Test
  void hclIsNoTemplateAndHasOnlyItsOwnEscapes() {
    assertThat(HclText.of(Map.of("a", List.of(Secret.of("${b}\b\n%{c}$"), 1, true))))
        .isEqualTo("{\"a\" = [\"$${b}\\u0008\\n%%{c}$\", 1, true]}");
  }

  @Test
  void aModulesHashCoversTheModulesItCallsAndNotItsVariableFiles() throws IOException {
    Fixture fixture =
        new Fixture(home)
            .module("a", "module \"b\" {\n  source = \"../b\"\n}\n")
            .module("b", "# one\n");
    String first = ModuleFiles.read(fixture.modules, "a").hash();
    Files.writeString(fixture.modules.resolve("a/terraform.tfvars"), "x = 1");
    Files.createDirectories(fixture.modules.resolve("a/.terraform/x"));
    Files.writeString(fixture.modules.resolve("a/.terraform/x/y"), "z");
    assertThat(ModuleFiles.read(fixture.modules, "a").hash()).isEqualTo(first);
    fixture.module("b", "# two\n");
    assertThat(ModuleFiles.read(fixture.modules, "a").hash()).isNotEqualTo(first);
  }

  @Test
  void aModuleCannotLeadOutOfTheRoot() throws IOException {
    Fixture fixture = new Fixture(home).module("a", "module \"b\" {\n  source = \"../../x\"\n}\n");
    Files.createDirectories(home.resolve("x"));
    assertThatThrownBy(() -> ModuleFiles.read(fixture.modules, "a"))
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining("leads out of the module root");
    fixture.module("c", "");
    Path secret = Files.writeString(home.resolve("secret"), "s");
    Files.createSymbolicLink(fixture.modules.resolve("c/link.tf"), secret);
    assertThatThrownBy(() -> ModuleFiles.read(fixture.modules, "c"))
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining("has the symbolic link");
  }

  @Test
  void aWorkingDirectoryOpenToOthersIsRefused() throws IOException {
    Path open = Files.createDirectories(home.resolve("open"));
    assertThatThrownBy(() -> TerraformStacks.builder(open, home.resolve("open")).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Set its mode to 0700.");
  }

  @Test
  void aReusedProcessIdIsNotARunningCall() throws IOException {
    Path note = home.resolve("running.json");
    assertThat(RunningCall.alive(note)).isEmpty();
    ProcessHandle self = ProcessHandle.current();
    RunningCall.write(note, self, "apply");
    RunningCall call = RunningCall.alive(note).orElseThrow();
    assertThat(call.pid()).isEqualTo(self.pid());
    Files.writeString(
        note,
        Json.text(
            Map.of("pid", call.pid(), "started", call.started() - 60_000, "command", "apply")));
    assertThat(RunningCall.alive(note)).isEmpty();
  }

  @Test
  void aLockIsHeldOnceInThisProcess() throws IOException {
    Path file = home.resolve("lock");
    try (DirectoryLock lock = DirectoryLock.tryLock(file).orElseThrow()) {
      assertThat(DirectoryLock.tryLock(file)).isEmpty();
    }
    DirectoryLock.tryLock(file).orElseThrow().close();
  }

  private static void append(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.APPEND);
  }

  @Test
  void whatACrashLeftHalfMadeIsDeletedADayLater() throws IOException {
    Path root = home.resolve("stacks");
    StackRoot.open(root);
    Path old = Files.createDirectories(root.resolve(".version-1"));
    Path oldStack = Files.createDirectories(root.resolve(".new-acme-1"));
    Path recent = Files.createDirectories(root.resolve(".version-2"));
    FileTime twoDaysAgo = FileTime.from(Instant.now().minus(Duration.ofDays(2)));
    Files.writeString(old.resolve("running.json"), "{}");
    Files.setLastModifiedTime(old, twoDaysAgo);
    Files.setLastModifiedTime(oldStack, twoDaysAgo);

    StackRoot.open(root);

    assertThat(old).doesNotExist();
    assertThat(oldStack).doesNotExist();
    assertThat(recent).exists();
  }
}
