package dev.provisioner.testkit.parts;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Looks in settings and the usual places. */
final class Locator {
  private static final String AWS_PROVIDER = "registry.terraform.io/hashicorp/aws";
  private static final int MAX_FOLDERS = 200;

  /** Each holds a folder for every version, and that a folder bin: Debian, Red Hat, macOS. */
  private static final List<String> POSTGRES_FOLDERS =
      List.of(
          "/usr/lib/postgresql",
          "/usr",
          "/usr/local",
          "/opt/homebrew/opt",
          "/usr/local/opt",
          "/Applications/Postgres.app/Contents/Versions");

  private Locator() {}

  /** Returns a setting: the property {@code provisioner.x.y}, else the variable PROVISIONER_X_Y. */
  static Optional<String> setting(String variable) {
    String property = variable.toLowerCase(Locale.ROOT).replace('_', '.');
    String value = System.getProperty(property, System.getenv(variable));
    return value == null || value.isBlank() ? Optional.empty() : Optional.of(value.strip());
  }

  /** Returns the folder of a PostgreSQL server's programs. */
  static Optional<Path> postgresPrograms() {
    Optional<String> set = setting("PROVISIONER_POSTGRESQL");
    if (set.isPresent()) {
      return set.map(Path::of).filter(Locator::holdsPostgres);
    }
    Stream<Path> onPath = Arrays.stream(searchPath()).map(Path::of);
    Stream<Path> installed =
        POSTGRES_FOLDERS.stream()
            .map(Path::of)
            .flatMap(root -> children(root).stream())
            .sorted(Comparator.comparing(Locator::version).reversed())
            .map(folder -> folder.resolve("bin"));
    return Stream.concat(onPath, installed).filter(Locator::holdsPostgres).findFirst();
  }

  private static boolean holdsPostgres(Path folder) {
    return Files.isExecutable(folder.resolve("initdb"))
        && Files.isExecutable(folder.resolve("postgres"));
  }

  /** Returns the number at the end of a folder's name, as in postgresql@16. */
  private static int version(Path folder) {
    String digits = folder.getFileName().toString().replaceFirst("^.*?([0-9]{0,4})$", "$1");
    return digits.isEmpty() ? 0 : Integer.parseInt(digits);
  }

  static Optional<Path> program(String variable, String name) {
    Optional<String> set = setting(variable);
    if (set.isPresent()) {
      return set.map(Path::of).filter(Files::isExecutable);
    }
    for (String folder : searchPath()) {
      Path candidate = Path.of(folder, name);
      if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
        return Optional.of(candidate.toAbsolutePath());
      }
    }
    return Optional.empty();
  }

  private static String[] searchPath() {
    String[] folders = System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1);
    return Arrays.stream(folders).map(name -> name.isEmpty() ? "." : name).toArray(String[]::new);
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
    folders.addAll(children(Path.of("/opt")));
    return folders;
  }

  /** Returns what is in a folder; one that cannot be read holds nothing for us. */
  private static List<Path> children(Path folder) {
    List<Path> children = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
        for (Path child : all) {
          if (children.size() < MAX_FOLDERS) {
            children.add(child);
          }
        }
      } catch (IOException | DirectoryIteratorException e) {
        return children;
      }
    }
    return children;
  }
}
