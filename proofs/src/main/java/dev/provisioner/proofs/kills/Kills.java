package dev.provisioner.proofs.kills;

import dev.provisioner.proofs.Arguments;
import dev.provisioner.testkit.parts.AwsEmulator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * Real kills: the quickstart with real Terraform on an AWS emulator, killed at moments spread over
 * a whole run, then run again until it is done. Only on Linux: processes are found in {@code
 * /proc}.
 */
public final class Kills {
  private Kills() {}

  /** Exits with 0 if no round had a fault, else with 1; what a fault left is kept. */
  public static void main(String[] line) throws Exception {
    Arguments.Values arguments =
        Arguments.of("kills")
            .option("rounds", 100, 1, 10_000, "how many operations are disturbed")
            .option("seed", 1, 0, Long.MAX_VALUE, "chooses what is killed and when")
            .readOrExit(line);
    long seed = arguments.get("seed");
    int rounds = arguments.count("rounds");
    System.out.println("kills   " + rounds + " rounds, seed " + seed);
    Path directory = Files.createTempDirectory("kills-");
    boolean faulty;
    try (AwsEmulator emulator = AwsEmulator.start()) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(directory, emulator)));
      Campaign campaign =
          new Campaign(directory, quickstart(), emulator, new Random(seed), 2, System.out::println);
      campaign.calibrate();
      campaign.rounds(rounds);
      campaign.tally().lines().forEach(System.out::println);
      faulty = !campaign.tally().faulty().isEmpty();
    }
    if (faulty) {
      System.out.println("What the faults left is in " + directory + ".");
    } else {
      Files.delete(directory);
    }
    System.exit(faulty ? 1 : 0);
  }

  /** Leaves no process, however this one ends. */
  private static void end(Path directory, AwsEmulator emulator) {
    Processes.of(directory).killAll();
    emulator.close();
  }

  /** Returns where the sample's modules are. */
  private static Path quickstart() {
    return Path.of(System.getProperty("proofs.root", "..")).resolve("samples/quickstart");
  }
}
