package dev.provisioner.testkit;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SecretCanaryTest {
  private final SecretCanary canary = SecretCanary.create();
  private final String value = canary.value();

  @RepeatedTest(20)
  void itIsSeenInEveryForm() throws Exception {
    byte[] bytes = value.getBytes(UTF_8);
    for (String form :
        List.of(
            value,
            "say " + value.substring(0, 20),
            value.substring(value.length() - 9),
            new ObjectMapper().writeValueAsString(value),
            URLEncoder.encode(value, UTF_8),
            new StringBuilder(value).reverse().toString(),
            HexFormat.of().formatHex(bytes),
            HexFormat.of().withUpperCase().formatHex(bytes),
            Base64.getEncoder().encodeToString(bytes),
            Base64.getUrlEncoder().encodeToString(("a:" + value).getBytes(UTF_8)),
            Base64.getMimeEncoder(8, "\r\n".getBytes(UTF_8))
                .encodeToString(("ab:" + value).getBytes(UTF_8)))) {
      assertThat(canary.sightings(form)).as(form).hasSize(1);
      assertThat(canary.sightings(new IllegalStateException("x", new Exception(form)))).hasSize(1);
    }
    assertThat(canary.sightings("", "[secret]", canary, SecretCanary.create().value())).isEmpty();
  }

  @Test
  void itIsSeenInWhatAnExceptionSuppressed() {
    Exception thrown = new Exception("all is well");
    canary.assertNotIn(thrown);
    thrown.addSuppressed(new IOException("no: " + value));
    assertThat(canary.sightings(thrown)).hasSize(1);
  }

  @Test
  void itIsSeenInFilesTheirNamesAndZipFiles(@TempDir Path directory) throws IOException {
    Files.writeString(directory.resolve("clean"), "nothing");
    canary.assertNotIn(directory, directory.resolve("none"));
    Path deep = Files.createDirectories(directory.resolve("a/b"));
    Path plain = Files.writeString(deep.resolve("plain"), "x" + value);
    Path wide = Files.write(deep.resolve("wide"), value.getBytes(UTF_16));
    Path named = Files.createFile(deep.resolve(value.substring(0, 16)));
    Path zipped = deep.resolve("zipped");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(zipped))) {
      zip.putNextEntry(new ZipEntry("entry"));
      zip.write((value + value).getBytes(UTF_8));
    }
    assertThat(canary.sightings(directory))
        .containsExactlyInAnyOrder(
            plain.toString(), wide.toString(), named.toString(), zipped.toString());
  }

  @Test
  void aSightingIsToldWithoutTheSecret() {
    assertThatThrownBy(() -> canary.assertNotIn("nothing", "password=" + value))
        .isInstanceOf(AssertionError.class)
        .hasMessage("A secret can be seen in java.lang.String after 'password='.");
    assertThat(canary).hasToString("SecretCanary");
    assertThat(canary.secret().reveal()).isEqualTo(value).hasSize(43);
  }
}
