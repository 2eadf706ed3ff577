package dev.provisioner.samples.quickstart;

import dev.provisioner.error.ProvisioningException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Provisions the tenants of a file; {@code samples/run quickstart} starts it. */
public final class Quickstart {
  private final Options options;
  private final Terminal terminal;

  private Quickstart(Options options, Terminal terminal) {
    this.options = options;
    this.terminal = terminal;
  }

  /** Runs the sample and exits with 0, 1 (something failed or differs) or 2 (wrong usage). */
  public static void main(String[] arguments) {
    System.setOut(
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8));
    System.setErr(
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8));
    System.exit(run(List.of(arguments)));
  }

  private static int run(List<String> arguments) {
    try {
      Options options = Options.parse(arguments, home());
      System.setProperty("quickstart.log", options.data().resolve("quickstart.log").toString());
      return new Quickstart(options, Terminal.of(System.getenv())).run();
    } catch (UsageException e) {
      System.err.println(e.getMessage());
      return 2;
    } catch (WorldLostException | ProvisioningException | IOException e) {
      System.err.println(e.getMessage());
      return 1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  private static Path home() {
    Path home = Path.of(System.getProperty("quickstart.home", "samples/quickstart"));
    return (Files.isDirectory(home) ? home : Path.of("")).toAbsolutePath();
  }

  private int run() throws IOException, InterruptedException {
    return switch (options.mode()) {
      case HELP -> help();
      case STOP -> stop();
      case RESET -> reset();
      default -> work();
    };
  }

  private static int help() {
    System.out.print(Options.HELP);
    return 0;
  }

  private int stop() throws IOException, InterruptedException {
    requireData();
    try (DataDirectory data = DataDirectory.open(options.data())) {
      Optional<Emulator> emulator = Emulator.running(data);
      if (emulator.isEmpty()) {
        System.out.println("No AWS emulator of this data directory is running.");
        return 0;
      }
      emulator.get().stop();
      System.out.println(
          "The AWS emulator, process "
              + emulator.get().pid()
              + ", has ended, and its world with it. Begin anew with --reset.");
      return 0;
    }
  }

  private int reset() throws IOException, InterruptedException {
    requireData();
    try (DataDirectory data = DataDirectory.open(options.data())) {
      Optional<Emulator> emulator = Emulator.running(data);
      if (emulator.isPresent()) {
        emulator.get().stop();
        System.out.println("The AWS emulator, process " + emulator.get().pid() + ", has ended.");
      }
      data.delete();
      System.out.println("Deleted " + options.data() + ".");
      return 0;
    }
  }

  private void requireData() {
    if (!DataDirectory.exists(options.data())) {
      throw new UsageException(
          "There is no data directory of this sample at " + options.data() + ".");
    }
  }

  private int work() throws IOException, InterruptedException {
    List<Customer> customers = TenantsFile.read(options.tenants());
    if (options.mode() != Options.Mode.PROVISION
        && options.mode() != Options.Mode.CHANGE
        && options.mode() != Options.Mode.CRASH_AT) {
      requireData();
    }
    try (DataDirectory data = DataDirectory.open(options.data())) {
      Tour tour = new Tour(options, terminal, data, customers);
      return switch (options.mode()) {
        case CHANGE -> tour.change();
        case TAMPER -> tour.tamper();
        case DRIFT -> tour.drift();
        case REMOVE -> tour.remove();
        case REPORT -> tour.report();
        default -> tour.provision();
      };
    }
  }
}
