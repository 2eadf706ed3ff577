package dev.provisioner.testkit.parts;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Looks in settings and the usual places. */
final class Locator {
  private static final String AWS_PROVIDER = "registry.terraform.io/hashicorp/aws";
  private static final int MAX_FOLDERS = 200;

  private Locator() {}

  /** Returns a setting: the property {@code provisioner.x.y}, else the variable PROVISIONER_X_Y. */
  static Optional<String> setting(String variable) {
    String property = variable.toLowerCase(Locale.ROOT).replace('_', '.');
    String value = System.getProperty(property, System.getenv(variable));
    return value == null || value.isBlank() ? Optional.empty() : Optional.of(value.strip());
  }

  static Optional<Path> program(String variable, String name) {
    Optional<String> set = setting(variable);
    if (set.isPresent()) {
      return set.map(Path::of).filter(Files::isExecutable);
    }
    for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
      Path candidate = Path.of(folder.isEmpty() ? "." : folder, name);
      if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
        return Optional.of(candidate.toAbsolutePath());
      }
    }
    return Optional.empty();
  }

  static Optional<Path> awsProviderMirror() {
    Optional<String> set = setting("PROVISIONER_TERRAFORM_MIRROR");
    if (set.isPresent()) {
      return set.map(Path::of).filter(Locator::holdsAwsProvider);
    }
    return pluginFolders().stream().filter(Locator::holdsAwsProvider).findFirst();
  }

  private static boolean holdsAwsProvider(Path folder) {
    return Files.isDirectory(folder.resolve(AWS_PROVIDER));
  }

  private static List<Path> pluginFolders() {
    List<Path> folders = new ArrayList<>();
    folders.add(Path.of(System.getProperty("user.home"), ".terraform.d", "plugins"));
    folders.add(Path.of("/usr/local/share/terraform/plugins"));
    folders.add(Path.of("/usr/share/terraform/plugins"));
    Path opt = Path.of("/opt");
    if (Files.isDirectory(opt)) {
      try (DirectoryStream<Path> children = Files.newDirectoryStream(opt)) {
        for (Path child : children) {
          if (folders.size() < MAX_FOLDERS) {
            folders.add(child);
          }
        }
      } catch (IOException | DirectoryIteratorException e) {
        return folders; // a folder that cannot be read holds nothing for us
      }
    }
    return folders;
  }
}
