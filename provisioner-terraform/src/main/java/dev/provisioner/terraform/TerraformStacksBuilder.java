package dev.provisioner.terraform;

import dev.provisioner.secret.Secret;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Builds {@link TerraformStacks}.
 *
 * <p>Not thread-safe.
 */
public final class TerraformStacksBuilder {
  private final Path workingDirectory;
  private final Path moduleRoot;
  private final Map<String, Secret> environment = new LinkedHashMap<>();
  private final List<Secret> secrets = new ArrayList<>();
  private String binary = "terraform";
  private @Nullable Path cliConfig;
  private @Nullable Path pluginCache;
  private Duration callTimeout = Duration.ofMinutes(30);
  private Duration grace = Duration.ofSeconds(20);
  private int maxConcurrentCalls = 2;

  TerraformStacksBuilder(Path workingDirectory, Path moduleRoot) {
    this.workingDirectory = Objects.requireNonNull(workingDirectory, "workingDirectory");
    this.moduleRoot = Objects.requireNonNull(moduleRoot, "moduleRoot");
  }

  /**
   * Sets the program.
   *
   * @param nameOrPath a name on the path, or a path; {@code terraform} by default, {@code tofu} for
   *     OpenTofu
   */
  public TerraformStacksBuilder binary(String nameOrPath) {
    if (nameOrPath.isBlank()) {
      throw new IllegalArgumentException("The program's name must not be blank.");
    }
    boolean name = nameOrPath.indexOf('/') < 0 && nameOrPath.indexOf(File.separatorChar) < 0;
    this.binary = name ? nameOrPath : Path.of(nameOrPath).toAbsolutePath().toString();
    return this;
  }

  /**
   * Gives Terraform and its providers an environment variable. They see only a short list of those
   * of this process ({@code PATH}, {@code HOME}, proxies, certificates), and those given here.
   *
   * @throws IllegalArgumentException if this library sets the variable itself, such as {@code
   *     TF_DATA_DIR} and {@code TF_VAR_...}
   */
  public TerraformStacksBuilder environment(String name, String value) {
    ChildEnvironment.check(name);
    environment.put(name, Secret.of(value));
    return this;
  }

  /** Gives Terraform and its providers an environment variable that must not be seen. */
  public TerraformStacksBuilder environment(String name, Secret value) {
    ChildEnvironment.check(name);
    environment.put(name, value);
    secrets.add(value);
    return this;
  }

  /**
   * Sets Terraform's CLI configuration file ({@code TF_CLI_CONFIG_FILE}). By default the one that
   * this process's environment names, if it exists.
   */
  public TerraformStacksBuilder cliConfig(Path file) {
    if (!Files.isReadable(file)) {
      throw new IllegalArgumentException("The CLI configuration " + file + " cannot be read.");
    }
    this.cliConfig = file.toAbsolutePath();
    return this;
  }

  /** Sets a directory in which providers are kept once downloaded ({@code TF_PLUGIN_CACHE_DIR}). */
  public TerraformStacksBuilder pluginCache(Path directory) {
    this.pluginCache = directory.toAbsolutePath();
    return this;
  }

  /**
   * Sets how long one call may take, the time for stopping not counted.
   *
   * @param timeout longer than zero; 30 minutes by default
   */
  public TerraformStacksBuilder callTimeout(Duration timeout) {
    this.callTimeout = positive(timeout, "callTimeout");
    return this;
  }

  /**
   * Sets how long Terraform may take to stop before it is killed. It lets calls under way end; one
   * that is killed is not in the state.
   *
   * @param time longer than zero; 20 seconds by default
   */
  public TerraformStacksBuilder grace(Duration time) {
    this.grace = positive(time, "grace");
    return this;
  }

  /**
   * Sets how many calls one engine makes at the same time. One call takes about a core and half a
   * gigabyte with a large provider.
   *
   * @param calls 1 or more; 2 by default
   */
  public TerraformStacksBuilder maxConcurrentCalls(int calls) {
    if (calls < 1) {
      throw new IllegalArgumentException("maxConcurrentCalls is 1 or more, not " + calls + ".");
    }
    this.maxConcurrentCalls = calls;
    return this;
  }

  /**
   * Builds it and creates the working directory. Terraform itself is looked for at the first call.
   *
   * @throws IllegalArgumentException if the module root is no directory, lies in the working
   *     directory, or the working directory is open to other users
   * @throws UncheckedIOException if the working directory cannot be made
   */
  public TerraformStacks build() {
    if (!Files.isDirectory(moduleRoot)) {
      throw new IllegalArgumentException("The module root " + moduleRoot + " is no directory.");
    }
    try {
      StackRoot root = StackRoot.open(workingDirectory.toAbsolutePath());
      Path modules = moduleRoot.toRealPath();
      if (modules.startsWith(root.path()) || root.path().startsWith(modules)) {
        throw new IllegalArgumentException(
            "The module root "
                + modules
                + " and the working directory "
                + root.path()
                + " must not lie in one another.");
      }
      if (pluginCache != null) {
        Files.createDirectories(pluginCache); // Terraform refuses one that is missing
      }
      Map<String, String> child =
          ChildEnvironment.of(System.getenv(), environment, cliConfig, pluginCache);
      Settings settings =
          new Settings(
              root.path(),
              modules,
              binary,
              cliConfig,
              child,
              List.copyOf(secrets),
              callTimeout,
              grace,
              maxConcurrentCalls);
      return new TerraformStacks(settings, root);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The working directory " + workingDirectory + " cannot be used.", e);
    }
  }

  private static Duration positive(Duration time, String what) {
    if (time.isNegative() || time.isZero()) {
      throw new IllegalArgumentException(what + " must be longer than zero, not " + time + ".");
    }
    return time;
  }
}
