package dev.provisioner.terraform;

import static dev.provisioner.terraform.Fixture.attempt;
import static dev.provisioner.terraform.Fixture.made;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.error.PermanentException;
import dev.provisioner.secret.Secret;
import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values that a tenant chose to be more than values, and notes that somebody changed. */
final class HostileStacksTest {
  private static final List<String> PIECES =
      List.of(
          "$",
          "%",
          "{",
          "}",
          "${",
          "%{",
          "$${",
          "%%{",
          "${file(\"/etc/passwd\")}",
          "%{ if true }",
          "\"",
          "'",
          "\\",
          "\\n",
          "\n",
          "\r",
          "\t",
          "\0",
          "\u001b",
          "\u007f",
          "\u2028",
          "\u00e9",
          "\ud83d\ude00",
          "<<EOF\n",
          "EOF",
          "#",
          "//",
          "/*",
          "`id`",
          "$(id)",
          "-var",
          "a b",
          "null");

  @TempDir Path home;

  @Test
  @RequiresPart(RealPart.TERRAFORM)
  void everyTextReachesTerraformLiterally() throws IOException {
    Fixture fixture =
        new Fixture(home)
            .module(
                "m",
                """
                variable "plain" { type = list(string) }
                variable "large" { type = string }
                variable "keys" { type = map(string) }
                variable "secret" { type = object({ texts = list(string) }) }
                variable "token" { type = string }
                output "plain" { value = var.plain }
                output "large" { value = length(var.large) }
                output "keys" { value = var.keys }
                output "secret" { value = jsonencode(var.secret.texts) }
                output "token" { value = var.token }
                """);
    List<String> texts = texts();
    List<String> secrets = texts.stream().map(text -> text.replace('\0', '0')).toList();
    String token = String.join("", secrets);
    StackOutputs outputs =
        made(
            fixture
                .stacks()
                .provision(
                    StackSpec.of("m")
                        .variable("plain", texts)
                        .variable("large", "x".repeat(10_000_000))
                        .variable("keys", Map.of("${a}\"\n", "%{b}"))
                        .variable(
                            "secret", Map.of("texts", secrets.stream().map(Secret::of).toList()))
                        .variable("token", Secret.of(token)),
                    attempt("acme")));
    assertThat(outputs.outputs().get("plain")).isEqualTo(normalised(texts));
    assertThat(outputs.outputs().get("large")).isEqualTo(10_000_000);
    assertThat(outputs.outputs().get("keys")).isEqualTo(Map.of("${a}\"\n", "%{b}"));
    Object secret = outputs.outputs().get("secret");
    assertThat(Json.parse(String.valueOf(secret)))
        .isEqualTo(Json.MAPPER.valueToTree(normalised(secrets)));
    assertThat(outputs.outputs().get("token"))
        .isEqualTo(Normalizer.normalize(token, Normalizer.Form.NFC));
  }

  /** All texts are in Unicode's composed form: Terraform brings every string to that. */
  private static List<String> normalised(List<String> texts) {
    return texts.stream().map(text -> Normalizer.normalize(text, Normalizer.Form.NFC)).toList();
  }

  private static List<String> texts() {
    Random random = new Random(1);
    List<String> texts = new ArrayList<>(PIECES);
    for (int i = 0; i < 300; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = 2 + random.nextInt(5); n > 0; n--) {
        text.append(PIECES.get(random.nextInt(PIECES.size())));
      }
      texts.add(text.toString());
    }
    return texts;
  }

  @Test
  @RequiresPart(RealPart.TERRAFORM)
  void anElementThatIsTooLongToReadIsNotLeftOut() throws IOException {
    Fixture fixture =
        new Fixture(home)
            .module(
                "m",
                """
                variable "large" { type = string }
                output "list" { value = ["a", var.large, "b"] }
                """);
    StackSpec spec = StackSpec.of("m").variable("large", "x".repeat(9 << 20));
    assertThatThrownBy(() -> fixture.stacks().provision(spec, attempt("acme")))
        .isInstanceOf(PermanentException.class)
        .hasMessage(
            "The stack has an output with a value of more than 8 MB, which is not read. The stack"
                + " is applied; let the module give out a reference to such a value instead.");
  }

  @Test
  void aValueThatIsTooDeepOrContainsItselfIsRefused() {
    List<Object> self = new ArrayList<>();
    self.add(self);
    Object deep = "x";
    for (int i = 0; i < 10_000; i++) {
      deep = Collections.singletonList(deep);
    }
    for (Object value : List.of(self, deep)) {
      assertThatThrownBy(() -> StackSpec.of("m").variable("v", value))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "Variable 'v"
                  + "[0]".repeat(13)
                  + "…' is nested deeper than 200 levels, or contains"
                  + " itself.");
    }
  }

  @Test
  void aDamagedNoteOfWhatIsAppliedIsNoNote() throws IOException {
    Path file = home.resolve("applied.json");
    StackSpec spec = StackSpec.of("m").variable("a", 1);
    Applied.of(spec, "hash").write(file);
    String whole = Files.readString(file);
    assertThat(Applied.read(file)).isPresent();
    for (String damaged :
        List.of(
            "", "{", "null", "[]", "{\"key\":\"\"}", whole.replace("\"key\":\"", "\"key\":\"z"))) {
      Files.writeString(file, damaged);
      assertThat(Applied.read(file)).as(damaged).isEmpty();
    }
    Files.write(file, new byte[] {(byte) 0xff});
    assertThat(Applied.read(file)).isEmpty();
    assertThat(RunningCall.alive(file)).isEmpty();
  }
}
