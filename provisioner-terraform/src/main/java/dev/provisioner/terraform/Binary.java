package dev.provisioner.terraform;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.provisioner.error.PermanentException;
import dev.provisioner.error.TransientException;
import dev.provisioner.spi.Attempt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The Terraform program: asked for its version once, before anything is touched. */
final class Binary {
  private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)\\..*");

  private final Settings settings;
  private volatile String version = "";

  Binary(Settings settings) {
    this.settings = settings;
  }

  /**
   * Returns the version.
   *
   * @throws PermanentException if the program is missing or too old
   */
  String version(Attempt attempt) throws IOException {
    String known = version;
    if (known.isEmpty()) {
      known = ask(attempt);
      version = known;
    }
    return known;
  }

  private String ask(Attempt attempt) throws IOException {
    Path directory = Files.createTempDirectory(settings.root(), ".version-");
    try {
      StringBuilder json = new StringBuilder();
      TerraformCall call = new TerraformCall(settings, attempt, directory);
      TerraformCall.Ended ended =
          call.run(
              directory, Commands.version(), settings.environment(), line -> json.append(line));
      if (ended.gaveUp()) {
        throw new TransientException("Terraform was not asked: the call was to end.");
      }
      String found = parse(json.toString());
      requireRecent(found);
      return found;
    } finally {
      SecureFiles.deleteTree(directory);
    }
  }

  private String parse(String json) {
    try {
      return Json.parse(json).path("terraform_version").asText("");
    } catch (JsonProcessingException e) {
      throw notTerraform();
    }
  }

  private void requireRecent(String found) {
    Matcher m = VERSION.matcher(found);
    if (!m.matches()) {
      throw notTerraform();
    }
    int major = Integer.parseInt(m.group(1));
    int minor = Integer.parseInt(m.group(2));
    boolean tofu = Path.of(settings.binary()).getFileName().toString().startsWith("tofu");
    int least = tofu ? 7 : 9; // the first with init -json
    if (major < 1 || (major == 1 && minor < least)) {
      throw new PermanentException(
          "'"
              + settings.binary()
              + "' is version "
              + found
              + "; at least 1."
              + least
              + " is needed. Nothing was touched. Install a later one"
              + " (https://developer.hashicorp.com/terraform/install) or name it with"
              + " TerraformStacks.builder(...).binary(...).");
    }
  }

  private PermanentException notTerraform() {
    return new PermanentException(
        "'"
            + settings.binary()
            + "' does not answer 'version -json' as Terraform or OpenTofu do. Nothing was touched."
            + " Name the program with TerraformStacks.builder(...).binary(...).");
  }
}
