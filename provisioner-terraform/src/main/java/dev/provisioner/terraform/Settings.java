package dev.provisioner.terraform;

import dev.provisioner.secret.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the builder was told.
 *
 * @param root where the stacks' directories are
 * @param moduleRoot where the modules are
 * @param binary the program's name or path
 * @param cliConfig Terraform's CLI configuration, if the host gives one
 * @param environment of every call, without variables
 * @param secrets the values of the environment that must not be seen
 * @param callTimeout how long one call may take
 * @param grace between asking Terraform to stop and killing it
 * @param maxConcurrentCalls per engine
 */
record Settings(
    Path root,
    Path moduleRoot,
    String binary,
    @Nullable Path cliConfig,
    Map<String, String> environment,
    Collection<Secret> secrets,
    Duration callTimeout,
    Duration grace,
    int maxConcurrentCalls) {

  @Override
  public String toString() {
    return "Settings[root=" + root + ", moduleRoot=" + moduleRoot + ", binary=" + binary + "]";
  }
}
