package dev.provisioner.testkit.parts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Lets Terraform install its providers from a filesystem mirror, without a network. */
public final class TerraformMirror {
  private TerraformMirror() {}

  /**
   * Writes a Terraform CLI configuration that installs providers from the mirror that {@link
   * RealPart#TERRAFORM_AWS_PROVIDER} found.
   *
   * @param folder where to write it
   * @return the file, for {@code TF_CLI_CONFIG_FILE}
   */
  public static Path writeCliConfig(Path folder) throws IOException {
    String mirror = RealPart.TERRAFORM_AWS_PROVIDER.path().toAbsolutePath().toString();
    String quoted = mirror.replace("\\", "\\\\").replace("\"", "\\\"");
    return Files.writeString(
        folder.resolve("terraform.rc"),
        """
        provider_installation {
          filesystem_mirror {
            path = "%s"
          }
        }
        """
            .formatted(quoted));
  }
}
