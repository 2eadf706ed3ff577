package dev.provisioner.proofs.kills;

import dev.provisioner.samples.quickstart.Quickstart;
import dev.provisioner.testkit.parts.AwsEmulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A directory in which the quickstart keeps state and world of some tenants. */
final class Site {
  private static final List<String> SHARED = List.of("state", "stacks", "folders", "keys");
  private static final List<String> NOTES =
      List.of("quickstart.json", "emulator.json", "changes.json");

  private final Path root;
  private final Path home;
  private final List<Tenant> tenants;
  private final Processes processes;
  private int launches;

  /** A tenant, and how names that are made of its id begin. */
  record Tenant(String id, String slug, String region, String size) {}

  /** Makes a site for the first two tenants or one, in the emulator's world. */
  Site(Path root, Path home, String name, int tenants, AwsEmulator emulator) throws IOException {
    this.root = Files.createDirectories(root);
    this.home = home.toRealPath();
    this.tenants =
        List.of(
                new Tenant(name + "/acme", name + "-acme", "eu-west-1", "small"),
                new Tenant(name + "@example.com", name + "-example-com", "us-east-1", "large"))
            .subList(0, tenants);
    this.processes = Processes.of(Files.createDirectories(temporary()));
    Files.createDirectories(data());
    Files.writeString(tenantsFile(), json());
    Files.writeString(
        data().resolve("emulator.json"),
        "{\"pid\": %d, \"port\": %d, \"started\": %d}"
            .formatted(
                emulator.process().pid(),
                emulator.url().getPort(),
                emulator.process().info().startInstant().orElseThrow().toEpochMilli()));
    Files.createFile(data().resolve(".lock"));
  }

  Path root() {
    return root;
  }

  Path data() {
    return root.resolve("data");
  }

  /** Named by the environment of every process that is started here. */
  Path temporary() {
    return root.resolve("t");
  }

  List<Tenant> tenants() {
    return tenants;
  }

  Processes processes() {
    return processes;
  }

  /** Returns whether the sample has noted that tenants have booked another size. */
  boolean changed() {
    return Files.exists(data().resolve("changes.json"));
  }

  /** Returns the size a tenant has booked by now. */
  String size(Tenant tenant) throws IOException {
    String text = changed() ? Files.readString(data().resolve("changes.json")) : "";
    Matcher m = Pattern.compile('"' + Pattern.quote(tenant.id()) + "\":\"([A-Z]+)\"").matcher(text);
    return m.find() ? m.group(1).toLowerCase(Locale.ROOT) : tenant.size();
  }

  Launched start(List<String> arguments) throws IOException {
    return start(data(), arguments);
  }

  /** Returns whether all is there that a second node shares. */
  boolean shareable() {
    return Files.exists(data().resolve("keyring"))
        && SHARED.stream().allMatch(name -> Files.isDirectory(data().resolve(name)));
  }

  /** Starts a second node on the same state and world, as if they were mounted elsewhere, too. */
  Launched startElsewhere(List<String> arguments) throws IOException {
    Path twin = Files.createTempDirectory(root, "twin-");
    for (String name : SHARED) {
      Files.createSymbolicLink(twin.resolve(name), data().resolve(name));
    }
    Files.createSymbolicLink(twin.resolve("keyring"), data().resolve("keyring"));
    for (String name : NOTES) {
      if (Files.exists(data().resolve(name))) {
        Files.copy(data().resolve(name), twin.resolve(name));
      }
    }
    return start(twin, arguments);
  }

  private Launched start(Path data, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("setsid"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-XX:+UseSerialGC");
    command.add("-Dquickstart.home=" + home);
    command.add("-Dlogback.configurationFile=" + home.resolve("src/main/resources/logback.xml"));
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(Quickstart.class.getName());
    command.addAll(List.of("--tenants", tenantsFile().toString(), "--data", data.toString()));
    command.addAll(arguments);
    Path out = root.resolve("run-%02d.txt".formatted(++launches));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
    builder.environment().put(Processes.MARKER, temporary().toString());
    return Launched.now(builder.start(), out, processes);
  }

  private Path tenantsFile() {
    return root.resolve("tenants.json");
  }

  private String json() {
    return tenants.stream()
        .map(
            tenant ->
                "{\"id\": \"%s\", \"region\": \"%s\", \"size\": \"%s\"}"
                    .formatted(tenant.id(), tenant.region(), tenant.size()))
        .toList()
        .toString();
  }
}
