package dev.provisioner.samples.quickstart;

import dev.provisioner.secret.Secret;
import dev.provisioner.terraform.StackSpec;
import dev.provisioner.terraform.TerraformStacks;
import dev.provisioner.terraform.TerraformStacksBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the tenants live: the real parts that were found on this machine.
 *
 * @param kind which they are
 * @param emulator the AWS emulator, if that is one of them
 */
record World(Kind kind, DataDirectory data, Path home, @Nullable Emulator emulator) {

  /** Which real parts are used, the fewest first. */
  enum Kind {
    /** Folders alone. */
    FILES("folders that stand in for Terraform stacks"),
    /** Terraform with what it has built in. */
    TERRAFORM("Terraform with its built-in terraform_data"),
    /** Terraform with the AWS provider against an emulator. */
    AWS("Terraform with the AWS provider against a local AWS emulator");

    private final String what;

    Kind(String what) {
      this.what = what;
    }

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Finds the world that the data directory belongs to, or chooses the best that is possible and
   * begins it.
   *
   * @param wanted what to use at most, or null
   */
  static World open(DataDirectory data, Path home, @Nullable Kind wanted, Consumer<String> say)
      throws IOException, InterruptedException {
    Kind best = best();
    Optional<Kind> chosen = data.kind();
    if (chosen.isEmpty()) {
      Kind kind = wanted == null || wanted.compareTo(best) > 0 ? best : wanted;
      if (wanted != null && wanted != kind) {
        throw new UsageException(
            "--parts " + wanted.label() + " is not possible: " + missing() + ".");
      }
      data.kind(kind);
      return begin(kind, data, home, say);
    }
    Kind kind = chosen.get();
    if (wanted != null && wanted != kind) {
      throw new UsageException(
          "The data directory was begun with --parts "
              + kind.label()
              + ". To begin anew with "
              + wanted.label()
              + ": --reset, or another --data DIR.");
    }
    if (kind.compareTo(best) > 0) {
      throw new WorldLostException(
          "The data directory was begun with "
              + kind.what
              + ", but now: "
              + missing()
              + ". Bring it back, or begin anew with --reset.");
    }
    return begin(kind, data, home, say);
  }

  private static World begin(Kind kind, DataDirectory data, Path home, Consumer<String> say)
      throws IOException, InterruptedException {
    Emulator emulator = kind == Kind.AWS ? emulator(data) : null;
    say.accept("world   " + kind.what + place(emulator));
    if (kind != Kind.AWS) {
      say.accept("        for more: " + missing());
    }
    return new World(kind, data, home, emulator);
  }

  private static String place(@Nullable Emulator emulator) {
    return emulator == null
        ? ""
        : " (moto_server at " + emulator.url() + ", process " + emulator.pid() + ")";
  }

  private static Emulator emulator(DataDirectory data) throws IOException, InterruptedException {
    Optional<Emulator> running = Emulator.running(data);
    if (running.isPresent()) {
      return running.get();
    }
    if (Emulator.noted(data)) {
      throw new WorldLostException(
          "The AWS emulator of this data directory is not running any more, and the world that it"
              + " kept in its memory is gone: the buckets and roles that are recorded do not exist."
              + " Begin anew with --reset.");
    }
    return Emulator.start(Programs.awsEmulator().orElseThrow(), data);
  }

  private static Kind best() {
    if (Programs.terraform().isEmpty()) {
      return Kind.FILES;
    }
    return Programs.awsProviderMirror().isPresent() && Programs.awsEmulator().isPresent()
        ? Kind.AWS
        : Kind.TERRAFORM;
  }

  /** Says what is not there, and how to get it. */
  private static String missing() {
    if (Programs.terraform().isEmpty()) {
      return "there is no 'terraform' on the PATH; install it, or name it in PROVISIONER_TERRAFORM";
    }
    if (Programs.awsProviderMirror().isEmpty()) {
      return "there is no filesystem mirror with Terraform's AWS provider in the usual plugin"
          + " folders; make one with 'terraform providers mirror DIR' in modules/landing-aws, and"
          + " name it in PROVISIONER_TERRAFORM_MIRROR";
    }
    if (Programs.awsEmulator().isEmpty()) {
      return "there is no 'moto_server' on the PATH; 'pip install moto[server]', or name it in"
          + " PROVISIONER_MOTO_SERVER";
    }
    return "begin anew with --reset to use " + Kind.AWS.what;
  }

  /** Returns how landing zones are made in this world. */
  LandingZones landingZones(Folders folders) throws IOException {
    if (kind == Kind.FILES) {
      return new LandingZones(new FolderStacks(folders).landings(), StackSpec.of("landing-local"));
    }
    TerraformStacksBuilder builder =
        TerraformStacks.builder(data.path("stacks"), home.resolve("modules"))
            .binary(Programs.terraform().orElseThrow().toString())
            .callTimeout(Duration.ofMinutes(3))
            .grace(Duration.ofSeconds(5))
            .maxConcurrentCalls(2);
    if (emulator == null) {
      TerraformStacks stacks = builder.build();
      return new LandingZones(stacks.as(Landing.class), stacks.stack("landing-local"));
    }
    TerraformStacks stacks =
        builder
            .cliConfig(mirrorConfig())
            .environment("AWS_ENDPOINT_URL", emulator.url().toString())
            .environment("AWS_ACCESS_KEY_ID", "quickstart")
            .environment("AWS_SECRET_ACCESS_KEY", Secret.of("quickstart"))
            .build();
    return new LandingZones(stacks.as(Landing.class), stacks.stack("landing-aws"));
  }

  /** Lets Terraform take its providers from the mirror, without a network. */
  private Path mirrorConfig() throws IOException {
    String mirror = Programs.awsProviderMirror().orElseThrow().toAbsolutePath().toString();
    return Files.writeString(
        data.path("terraform.rc"),
        "provider_installation {\n  filesystem_mirror {\n    path = \""
            + mirror.replace("\\", "\\\\").replace("\"", "\\\"")
            + "\"\n  }\n}\n");
  }

  /** Returns the names of what is really there, read where it is. */
  Map<Thing, List<String>> things() throws IOException, InterruptedException {
    Map<Thing, List<String>> things = new EnumMap<>(Thing.class);
    if (emulator != null) {
      things.put(Thing.BUCKET, emulator.buckets());
      things.put(Thing.ROLE, emulator.roles());
    }
    if (kind != Kind.FILES) {
      things.put(Thing.STACK, Trees.names(data.path("stacks")));
    }
    things.put(Thing.FOLDER, Trees.names(data.path("folders")));
    things.put(
        Thing.ACCESS_KEY,
        Trees.names(data.path("keys")).stream().map(n -> n.replace(".json", "")).toList());
    return things;
  }
}
