package dev.provisioner.samples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TenantsFileTest {
  @TempDir Path temporary;

  @Test
  void theSamplesOwnFileHasADozenTenantsOfEverySize() {
    assertThat(TenantsFile.read(Path.of("tenants.json")))
        .hasSize(12)
        .extracting(customer -> customer.signup().size())
        .contains(Size.values());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "{} ~ is not a list of tenants, such as"
            + " [{\"id\": \"acme\", \"region\": \"eu-west-1\", \"size\": \"small\"}].",
        "[] ~ is not a list of tenants, such as"
            + " [{\"id\": \"acme\", \"region\": \"eu-west-1\", \"size\": \"small\"}].",
        "[1] ~ : tenant 1 is no object with id, region and size.",
        "[{\"id\":\"a\",\"region\":\"eu-west-1\"}] ~ : tenant 1, field 'size' is missing.",
        "[{\"id\":\"a\",\"region\":\"eu-west-1\",\"size\":3}]"
            + " ~ : tenant 1, field 'size' is no text.",
        "[{\"id\":\"a\",\"region\":\"eu-west-1\",\"size\":\"huge\"}]"
            + " ~ : tenant 1, field 'size': 'huge' is none of small, medium, large.",
        "[{\"id\":\"a\",\"region\":\"here\",\"size\":\"small\"}]"
            + " ~ : tenant 1, field 'region': 'here' is no region such as eu-west-1.",
        "[{\"id\":\"\",\"region\":\"eu-west-1\",\"size\":\"small\"}]"
            + " ~ : tenant 1, field 'id': A tenant id must not be empty.",
        "[{\"id\":\"a\",\"region\":\"eu-west-1\",\"size\":\"small\",\"tier\":1}]"
            + " ~ : tenant 1 has an unknown field 'tier'. There are id, region and size.",
        "[{\"id\":\"a\",\"region\":\"eu-west-1\",\"size\":\"small\"},"
            + "{\"id\":\"a\",\"region\":\"eu-west-1\",\"size\":\"small\"}]"
            + " ~ : tenant 2, field 'id': 'a' is tenant 1 already."
      })
  void aBadFileIsRefusedWithTheTenantAndTheField(String text, String message) throws IOException {
    Path file = Files.writeString(temporary.resolve("t.json"), text);
    String separator = message.startsWith(":") ? "" : " ";
    assertThatThrownBy(() -> TenantsFile.read(file))
        .isInstanceOf(UsageException.class)
        .hasMessage("The tenants file " + file + separator + message);
  }

  @Test
  void whatIsNoJsonIsRefusedWithTheLine() throws IOException {
    Path file = Files.writeString(temporary.resolve("t.json"), "[\n{\"id\": oops}]");
    assertThatThrownBy(() -> TenantsFile.read(file))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("The tenants file " + file + ": line 2 is no JSON: ");
  }

  @Test
  void aFileThatIsMissingIsRefused() {
    Path file = temporary.resolve("none.json");
    assertThatThrownBy(() -> TenantsFile.read(file))
        .hasMessage("The tenants file " + file + " does not exist.");
  }
}
