package dev.provisioner.terraform;

import dev.provisioner.secret.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The environment of the Terraform process: a short list from ours, what the host gives, and what
 * this library sets. Nothing else gets through, in particular no credentials by accident.
 */
final class ChildEnvironment {
  private static final Set<String> INHERITED =
      Set.of(
          "PATH",
          "HOME",
          "USER",
          "LOGNAME",
          "LANG",
          "LC_ALL",
          "LC_CTYPE",
          "TZ",
          "TMPDIR",
          "TMP",
          "TEMP",
          "SSL_CERT_FILE",
          "SSL_CERT_DIR",
          "HTTP_PROXY",
          "HTTPS_PROXY",
          "NO_PROXY",
          "http_proxy",
          "https_proxy",
          "no_proxy",
          "SystemRoot",
          "USERPROFILE",
          "APPDATA",
          "PATHEXT");
  private static final Set<String> MANAGED =
      Set.of(
          "CHECKPOINT_DISABLE",
          "TF_IN_AUTOMATION",
          "TF_INPUT",
          "TF_DATA_DIR",
          "TF_CLI_CONFIG_FILE",
          "TERRAFORM_CONFIG",
          "TF_WORKSPACE",
          "TF_PLUGIN_CACHE_DIR",
          "TF_REATTACH_PROVIDERS");
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private ChildEnvironment() {}

  /** Refuses a name that this library sets itself. */
  static void check(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("'" + name + "' is no name of an environment variable.");
    }
    if (upper.startsWith("TF_VAR_")) {
      throw new IllegalArgumentException(
          name + " is set from the spec: use StackSpec.variable(...).");
    }
    if (upper.startsWith("TF_CLI_ARGS") || upper.startsWith("TF_LOG") || MANAGED.contains(upper)) {
      throw new IllegalArgumentException(
          name + " is managed by TerraformStacks and cannot be given to Terraform.");
    }
  }

  /** Returns the environment that every call has, without variables. */
  static Map<String, String> of(
      Map<String, String> ours,
      Map<String, Secret> given,
      @Nullable Path cliConfig,
      @Nullable Path pluginCache) {
    Map<String, String> environment = new LinkedHashMap<>(ours);
    environment.keySet().retainAll(INHERITED);
    given.forEach((name, value) -> environment.put(name, value.reveal()));
    environment.put("TF_IN_AUTOMATION", "1");
    environment.put("TF_INPUT", "0");
    environment.put("CHECKPOINT_DISABLE", "1");
    String inheritedConfig = ours.get("TF_CLI_CONFIG_FILE");
    if (cliConfig != null) {
      environment.put("TF_CLI_CONFIG_FILE", cliConfig.toString());
    } else if (inheritedConfig != null && Files.isReadable(Path.of(inheritedConfig))) {
      environment.put("TF_CLI_CONFIG_FILE", inheritedConfig);
    }
    if (pluginCache != null) {
      environment.put("TF_PLUGIN_CACHE_DIR", pluginCache.toString());
    }
    return Map.copyOf(environment);
  }
}
