package dev.provisioner.samples.quickstart;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the real parts: in what the environment names, else in the usual places. */
final class Programs {
  private static final String AWS_PROVIDER = "registry.terraform.io/hashicorp/aws";
  private static final int MOST_FOLDERS = 200;

  private Programs() {}

  static Optional<Path> terraform() {
    return program("PROVISIONER_TERRAFORM", "terraform");
  }

  static Optional<Path> awsEmulator() {
    return program("PROVISIONER_MOTO_SERVER", "moto_server");
  }

  /** Returns a filesystem mirror of Terraform providers that has the one for AWS. */
  static Optional<Path> awsProviderMirror() {
    String named = System.getenv("PROVISIONER_TERRAFORM_MIRROR");
    List<Path> folders =
        named == null || named.isBlank() ? pluginFolders() : List.of(Path.of(named));
    return folders.stream()
        .filter(folder -> Files.isDirectory(folder.resolve(AWS_PROVIDER)))
        .findFirst();
  }

  private static Optional<Path> program(String variable, String name) {
    String named = System.getenv(variable);
    if (named != null && !named.isBlank()) {
      return Optional.of(Path.of(named)).filter(Files::isExecutable);
    }
    String path = System.getenv().getOrDefault("PATH", "");
    for (String folder : path.split(File.pathSeparator, -1)) {
      Path candidate = Path.of(folder.isEmpty() ? "." : folder, name);
      if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
        return Optional.of(candidate.toAbsolutePath());
      }
    }
    return Optional.empty();
  }

  private static List<Path> pluginFolders() {
    List<Path> folders = new ArrayList<>();
    folders.add(Path.of(System.getProperty("user.home"), ".terraform.d", "plugins"));
    folders.add(Path.of("/usr/local/share/terraform/plugins"));
    folders.add(Path.of("/usr/share/terraform/plugins"));
    try (DirectoryStream<Path> children = Files.newDirectoryStream(Path.of("/opt"))) {
      for (Path child : children) {
        if (folders.size() < MOST_FOLDERS) {
          folders.add(child);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return folders; // no /opt, or not for us
    }
    return folders;
  }
}
