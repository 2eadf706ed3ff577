package dev.provisioner.testkit.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class RealPartsTest {

  @AfterEach
  void forgetSettings() {
    System.clearProperty("provisioner.terraform");
    System.clearProperty("provisioner.require");
  }

  @Test
  void aMissingPartIsSkippedWithTheReason() {
    System.setProperty("provisioner.terraform", "/does/not/exist");
    System.setProperty("provisioner.require", "other");
    assertThat(RequiredParts.judge(RealPart.TERRAFORM).isDisabled()).isTrue();
    assertThat(RequiredParts.judge(RealPart.TERRAFORM).getReason())
        .contains("no 'terraform' on the PATH; install it or name it in PROVISIONER_TERRAFORM");
  }

  @Test
  void aMissingPartThatIsRequiredFails() {
    System.setProperty("provisioner.terraform", "/does/not/exist");
    System.setProperty("provisioner.require", "aws, terraform");
    assertThatThrownBy(() -> RequiredParts.judge(RealPart.TERRAFORM))
        .hasMessage(
            "PROVISIONER_REQUIRE names 'terraform': no 'terraform' on the PATH; install it or name"
                + " it in PROVISIONER_TERRAFORM.");
  }

  @Test
  @RequiresPart(RealPart.AWS_EMULATOR)
  void theEmulatorAnswersAndLeavesNoProcess() throws Exception {
    ProcessHandle self = ProcessHandle.current();
    long before = self.descendants().count();
    try (AwsEmulator emulator = AwsEmulator.start()) {
      URI buckets = emulator.url();
      HttpResponse<String> answer =
          HttpClient.newHttpClient()
              .send(HttpRequest.newBuilder(buckets).build(), HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isLessThan(500);
    }
    assertThat(self.descendants().count()).isEqualTo(before);
  }

  @Test
  @RequiresPart(RealPart.POSTGRESQL)
  void theDatabaseServerAnswersAndLeavesNoProcess() throws Exception {
    ProcessHandle self = ProcessHandle.current();
    long before = self.descendants().count();
    try (PostgresServer server = PostgresServer.start()) {
      URI address = URI.create(server.url().substring("jdbc:".length()));
      try (Socket socket = new Socket(address.getHost(), address.getPort())) {
        assertThat(socket.isConnected()).isTrue();
      }
      assertThat(self.descendants().count()).isGreaterThan(before);
    }
    assertThat(self.descendants().count()).isEqualTo(before);
  }
}
