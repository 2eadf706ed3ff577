package dev.provisioner.proofs.soak;

import dev.provisioner.proofs.Arguments;
import dev.provisioner.proofs.Directories;
import dev.provisioner.state.FileStateStore;
import dev.provisioner.state.MemoryStateStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Soaks an engine on a memory store and one on a file store. */
public final class Soak {
  private static final int SAMPLES = 30;

  private Soak() {}

  /** Runs the proof and ends the process: 0 if nothing grows, else 1. */
  public static void main(String[] args) throws Exception {
    Arguments.Values values =
        Arguments.of("soak")
            .option("runs", 100_000, 600, 100_000_000, "on each store")
            .option("tenants", 100, 8, 100_000, "live at the same time")
            .option("seed", 1, 0, Long.MAX_VALUE, "of what comes after what")
            .readOrExit(args);
    List<String> broken =
        run(values.get("runs"), values.count("tenants"), values.get("seed"), SAMPLES);
    broken.forEach(each -> System.out.println("BROKEN " + each));
    System.out.println(broken.isEmpty() ? "Nothing grows." : "Something grows.");
    System.exit(broken.isEmpty() ? 0 : 1);
  }

  /** Runs the proof. Returns what grows. */
  static List<String> run(long runs, int tenants, long seed, int samples) throws Exception {
    List<String> broken = new ArrayList<>();
    try (MemoryStateStore store = MemoryStateStore.create()) {
      System.out.println("memory store");
      broken.addAll(new Trial(store, null, tenants, seed).run(runs, samples));
    }
    Path directory = Files.createTempDirectory("soak-");
    try (FileStateStore store = FileStateStore.open(directory)) {
      System.out.println("file store");
      broken.addAll(new Trial(store, directory, tenants, seed).run(runs, samples));
    } finally {
      Directories.delete(directory);
    }
    return broken;
  }
}
