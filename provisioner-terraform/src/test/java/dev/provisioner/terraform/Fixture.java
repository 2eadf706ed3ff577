package dev.provisioner.terraform;

import dev.provisioner.spi.Found;
import dev.provisioner.spi.Known;
import dev.provisioner.spi.Provisioned;
import dev.provisioner.testkit.TestAttempt;
import dev.provisioner.testkit.parts.RealPart;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A module root and a working directory below a temporary directory. */
final class Fixture {
  final Path home;
  final Path modules;
  final Path work;

  Fixture(Path home) throws IOException {
    this.home = home;
    this.modules = Files.createDirectories(home.resolve("modules"));
    this.work = home.resolve("work");
  }

  Fixture module(String name, String hcl) throws IOException {
    Path directory = Files.createDirectories(modules.resolve(name));
    Files.writeString(directory.resolve("main.tf"), hcl);
    return this;
  }

  TerraformStacksBuilder builder() {
    return TerraformStacks.builder(work, modules)
        .binary(RealPart.TERRAFORM.path().toString())
        .grace(Duration.ofSeconds(5));
  }

  TerraformStacks stacks() {
    return builder().build();
  }

  /** Runs a main class in a JVM of its own, to be killed. */
  Process fork(Class<?> main, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(home.resolve("engine.log").toFile())
        .start();
  }

  static TestAttempt attempt(String tenant) {
    return TestAttempt.of(tenant, "onboarding", "stack");
  }

  static StackOutputs made(Provisioned<StackOutputs> provisioned) {
    return ((Provisioned.Done<StackOutputs>) provisioned).output();
  }

  static Known<StackSpec, StackOutputs> begun(StackSpec spec) {
    return Known.begun(spec);
  }

  static List<String> differences(Found<StackOutputs> found) {
    return ((Found.Incomplete<StackOutputs>) found).differences();
  }

  /** Returns the files below a directory that contain a text. */
  static List<Path> filesWith(Path directory, String text) throws IOException {
    try (Stream<Path> tree = Files.walk(directory)) {
      return tree.filter(Files::isRegularFile)
          .filter(file -> contains(file, text))
          .map(directory::relativize)
          .toList();
    }
  }

  private static boolean contains(Path file, String text) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text);
    } catch (IOException e) {
      return false; // gone meanwhile
    }
  }
}
