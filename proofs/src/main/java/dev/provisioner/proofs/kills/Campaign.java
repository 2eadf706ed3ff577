package dev.provisioner.proofs.kills;

import dev.provisioner.testkit.parts.AwsEmulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Rounds on one emulator: tenants are provisioned, changed and removed, each operation struck, gone
 * on with and inspected; then others are, in a new directory.
 */
final class Campaign {
  private final Path directory;
  private final Path home;
  private final AwsEmulator emulator;
  private final Cloud cloud;
  private final Striker striker;
  private final int tenants;
  private final Consumer<String> say;
  private final Tally tally = new Tally();
  private int lives;

  /**
   * Creates it.
   *
   * @param directory for the sites
   * @param home the sample's own directory
   * @param tenants how many a site has, 1 or 2
   */
  Campaign(
      Path directory,
      Path home,
      AwsEmulator emulator,
      Random random,
      int tenants,
      Consumer<String> say)
      throws IOException, InterruptedException {
    this.directory = directory;
    this.home = home;
    this.emulator = emulator;
    this.cloud = new Cloud(emulator);
    this.striker = new Striker(random);
    this.tenants = tenants;
    this.say = say;
    cloud.plant();
  }

  Tally tally() {
    return tally;
  }

  /** Finds out how long each operation takes undisturbed, so that blows are spread over it. */
  void calibrate() throws IOException, InterruptedException {
    life(0, Operation.values().length, operation -> List.of());
  }

  /** Runs rounds with blows that are chosen at random. */
  void rounds(int count) throws IOException, InterruptedException {
    for (int first = 1; first <= count; first += Operation.values().length) {
      int rounds = Math.min(count - first + 1, Operation.values().length);
      life(first, rounds, operation -> striker.draw());
    }
  }

  /** Runs as many operations of a life, each with its blows. */
  void life(int first, int rounds, Function<Operation, List<Blow>> blows)
      throws IOException, InterruptedException {
    Site site = new Site(directory.resolve("s" + lives), home, "k" + lives++, tenants, emulator);
    Life life = new Life(site, cloud, striker);
    List<Round> done = new ArrayList<>();
    List<Operation> operations = List.of(Operation.values()).subList(0, rounds);
    for (Operation operation : operations) {
      Round round = life.round(first + done.size(), operation, blows.apply(operation));
      done.add(round);
      tally.add(round);
      say.accept(round.toString());
    }
    if (!operations.contains(Operation.REMOVE)) {
      life.remove();
    }
    if (done.stream().allMatch(round -> round.faults().isEmpty())) {
      delete(site.root());
    }
  }

  private static void delete(Path root) throws IOException {
    try (Stream<Path> tree = Files.walk(root)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
