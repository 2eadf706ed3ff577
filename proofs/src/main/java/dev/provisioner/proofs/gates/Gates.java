package dev.provisioner.proofs.gates;

import dev.provisioner.proofs.Arguments;
import dev.provisioner.proofs.CountingStore;
import dev.provisioner.proofs.Directories;
import dev.provisioner.proofs.Meters;
import dev.provisioner.state.FileStateStore;
import dev.provisioner.state.MemoryStateStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Parks tenants at a gate, on a memory and a file store, measures, opens it, sees all end. */
public final class Gates {
  private Gates() {}

  /** Runs the proof and ends the process: 0 if what is promised holds, else 1. */
  public static void main(String[] args) throws Exception {
    Arguments.Values values =
        Arguments.of("gates")
            .option("tenants", 10_000, 100, 1_000_000, "how many wait")
            .option("seconds", 70, 1, 3_600, "how long they are watched while they wait")
            .readOrExit(args);
    List<String> broken = run(values.count("tenants"), Duration.ofSeconds(values.get("seconds")));
    broken.forEach(each -> System.out.println("BROKEN " + each));
    System.out.println(broken.isEmpty() ? "All promises hold." : "Promises are broken.");
    System.exit(broken.isEmpty() ? 0 : 1);
  }

  /** Runs the proof. Returns what does not hold. */
  static List<String> run(int tenants, Duration watched) throws Exception {
    List<String> broken = new ArrayList<>();
    try (CountingStore store = new CountingStore(MemoryStateStore.create())) {
      System.out.println("memory store");
      broken.addAll(new Waiting(store, tenants).measure(watched));
    }
    Path directory = Files.createTempDirectory("gates-");
    try (CountingStore store = new CountingStore(FileStateStore.open(directory))) {
      System.out.println("file store");
      broken.addAll(new Waiting(store, tenants).measure(watched));
      Meters.Size size = Meters.size(directory);
      System.out.printf("  on disk        %,d bytes each%n", size.bytes() / tenants);
    } finally {
      Directories.delete(directory);
    }
    return broken;
  }
}
