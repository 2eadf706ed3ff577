package dev.provisioner.terraform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.error.PermanentException;
import dev.provisioner.secret.Secret;
import java.math.BigDecimal;
import java.net.URI;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Specs and outputs. */
final class StackValuesTest {
  enum Size {
    SMALL
  }

  record Zone(String zoneName, Secret joinKey) {}

  record Settings(String vpcRegion, List<Zone> zones, Size size, @Nullable String note) {}

  @Test
  void aRecordGivesTypedVariables() {
    StackSpec spec =
        StackSpec.of("modules/network")
            .variables(new Settings("eu", List.of(new Zone("a", Secret.of("k"))), Size.SMALL, null))
            .variable("count_of", 3L);
    assertThat(spec.variables())
        .isEqualTo(
            Map.of(
                "vpc_region",
                "eu",
                "zones",
                List.of(Map.of("zone_name", "a", "join_key", Secret.of("k"))),
                "size",
                "SMALL",
                "count_of",
                3));
    assertThat(Variables.plain(spec.variables()))
        .containsOnlyKeys("vpc_region", "size", "count_of");
    assertThat(Variables.secret(spec.variables()))
        .isEqualTo(Map.of("zones", "[{\"join_key\" = \"k\", \"zone_name\" = \"a\"}]"));
  }

  @Test
  void aSpecIsEqualAfterARoundTripAsJson() throws Exception {
    StackSpec spec =
        StackSpec.of("modules/network")
            .variable("long", 1L << 40)
            .variable("short", (short) 7)
            .variable("decimal", new BigDecimal("1.10"))
            .variable("list", List.of(Map.of("a", 1.5f), "é", true));
    StackSpec read = Json.MAPPER.readValue(Json.text(spec), StackSpec.class);
    assertThat(read).isEqualTo(spec);
    assertThat(Applied.of(spec, "h").differences(read, Optional.empty())).isEmpty();
    assertThatThrownBy(() -> spec.variable("n", new BigDecimal("0.1234567890123456789")))
        .hasMessage("Variable 'n' has more digits than a JSON number keeps; give it as a string.");
  }

  @Test
  void valuesAreNotShown() {
    assertThat(new StackSpec("modules/network", Map.of("region", "eu-west-1")))
        .hasToString("StackSpec[modules/network, variables=[region]]");
    assertThat(new StackOutputs(Map.of("id", "vpc-1"))).hasToString("StackOutputs[id]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "/etc", "..", "a/../b", "./a", "a//b", "a/", "a\\b", "a\nb", "a\0b", "a/.", "~$x"
      })
  void aPathThatCouldLeaveTheModuleRootIsRefused(String module) {
    assertThatThrownBy(() -> StackSpec.of(module)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1a", "a b", "a=b", "a\n", "version", "count", "-var"})
  void aNameThatTerraformWouldNotTakeIsRefused(String name) {
    assertThatThrownBy(() -> StackSpec.of("m").variable(name, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("is not a name.");
  }

  @Test
  void aValueThatIsNoJsonIsRefusedByPlace() {
    Map<String, List<Object>> odd = Map.of("b", List.of(1, new AtomicInteger[0]));
    assertThatThrownBy(() -> StackSpec.of("m").variable("a", odd))
        .hasMessage(
            "Variable 'a.b[1]' is a [Ljava.util.concurrent.atomic.AtomicInteger;; use strings,"
                + " numbers, booleans, Secret, lists, maps and records.");
    assertThatThrownBy(() -> StackSpec.of("m").variable("a", Double.NaN))
        .hasMessage("Variable 'a' is not a finite number.");
    assertThatThrownBy(() -> StackSpec.of("m").variable("a", Arrays.asList(1, null)))
        .hasMessage("Variable 'a[1]' is null; leave it out.");
  }

  record Database(URI databaseUrl, int port, List<String> hosts, Map<String, Integer> weights) {}

  record Login(Secret password, Optional<String> hint, @Nullable String note) {}

  record Plain(String password) {}

  private static final StackOutputs OUTPUTS = new StackOutputs(outputs());

  private static Map<String, Object> outputs() {
    Map<String, Object> outputs = new HashMap<>();
    outputs.put("database_url", "jdbc:postgresql://db/x");
    outputs.put("port", 5432);
    outputs.put("hosts", List.of("a", "b"));
    outputs.put("weights", Map.of("a", 1));
    outputs.put("password", Secret.of("p"));
    return outputs;
  }

  @Test
  void outputsAreReadAsARecord() {
    assertThat(OUTPUTS.as(Database.class))
        .isEqualTo(
            new Database(
                URI.create("jdbc:postgresql://db/x"), 5432, List.of("a", "b"), Map.of("a", 1)));
    assertThat(OUTPUTS.as(Login.class))
        .isEqualTo(new Login(Secret.of("p"), Optional.empty(), null));
  }

  record Missing(String vpcId) {}

  record Mistyped(int databaseUrl) {}

  record Widened(String port) {}

  record NotSensitive(Secret hosts) {}

  @Test
  void whatDoesNotFitIsNamedWithTheOutputsThereAre() {
    String there = " The stack has the outputs database_url, hosts, password, port, weights.";
    assertThatThrownBy(() -> OUTPUTS.as(Missing.class))
        .isInstanceOf(PermanentException.class)
        .hasMessage("Stack output 'vpc_id', read as Missing.vpcId, is missing." + there);
    assertThatThrownBy(() -> OUTPUTS.as(Mistyped.class))
        .hasMessage(
            "Stack output 'database_url', read as Mistyped.databaseUrl, is a string, not a int."
                + there);
    assertThatThrownBy(() -> OUTPUTS.as(Widened.class))
        .hasMessage(
            "Stack output 'port', read as Widened.port, is a number, not a java.lang.String."
                + there);
    assertThatThrownBy(() -> OUTPUTS.as(Plain.class))
        .hasMessage(
            "Stack output 'password', read as Plain.password, is sensitive: declare it as a"
                + " Secret."
                + there);
    assertThatThrownBy(() -> OUTPUTS.as(NotSensitive.class))
        .hasMessageContaining("is not sensitive, but is read as a Secret");
    assertThatThrownBy(() -> OUTPUTS.as(String.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Outputs are read as a record; java.lang.String is none.");
  }
}
