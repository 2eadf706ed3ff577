package dev.provisioner.proofs.processes;

import dev.provisioner.engine.ProvisioningEngine;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Step;
import dev.provisioner.proofs.Arguments;
import dev.provisioner.proofs.Audit;
import dev.provisioner.proofs.Backend;
import dev.provisioner.proofs.Directories;
import dev.provisioner.proofs.Records;
import dev.provisioner.proofs.Wire;
import dev.provisioner.state.FileStateStore;
import dev.provisioner.state.StateStore;
import dev.provisioner.state.StateStore.Listed;
import dev.provisioner.state.StateStore.Versioned;
import dev.provisioner.tenant.TenantId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Has processes share a file store and one backend while they are killed and stopped. */
public final class Processes {
  private Processes() {}

  /** Runs the proof and ends the process: 0 if nothing is lost or done twice, else 1. */
  public static void main(String[] args) throws Exception {
    Arguments.Values values =
        Arguments.of("processes")
            .option("runs", 10_000, 10, 10_000_000, "how many are asked for")
            .option("processes", 2, 2, 16, "that share the store")
            .option("seed", 1, 0, Long.MAX_VALUE, "of what is asked for and when it strikes")
            .readOrExit(args);
    List<String> faults = run(values.count("runs"), values.count("processes"), values.get("seed"));
    faults.forEach(each -> System.out.println("FAULT " + each));
    System.out.println(faults.isEmpty() ? "No fault." : faults.size() + " faults.");
    System.exit(faults.isEmpty() ? 0 : 1);
  }

  /** Runs the proof. Returns the faults; the directory is kept if there are some. */
  static List<String> run(int runs, int processes, long seed) throws Exception {
    Path directory = Files.createTempDirectory("processes-");
    Files.createDirectory(directory.resolve("audit"));
    List<String> faults = new ArrayList<>();
    Backend backend = new Backend();
    Requests requests = new Requests(runs, processes, Math.max(20, runs / 20), seed);
    try (StateStore store = FileStateStore.open(directory.resolve("store"));
        Referee referee = new Referee(backend, requests);
        Fleet fleet = new Fleet(processes, directory, referee, requests, store, seed)) {
      long began = System.nanoTime();
      fleet.harass();
      double seconds = (System.nanoTime() - began) / 1e9;
      faults.addAll(fleet.end());
      faults.addAll(requests.faults());
      faults.addAll(backend.faults());
      faults.addAll(standing(store, backend, requests));
      Audit audit = Audit.of(directory.resolve("audit"), documents(store));
      faults.addAll(audit.faults());
      System.out.println(requests);
      System.out.println(fleet);
      System.out.println(audit);
      System.out.printf(
          "%,d effects, %,d calls refused because they came late; %.0f requests a second%n",
          backend.effects(), backend.late(), requests.asked() / seconds);
    }
    if (faults.isEmpty()) {
      Directories.delete(directory);
    } else {
      System.out.println("Store, logs and errors are in " + directory);
    }
    return faults;
  }

  /** Compares what is recorded with what the backend has and with what was asked for. */
  private static List<String> standing(StateStore store, Backend backend, Requests requests) {
    List<String> faults = new ArrayList<>();
    Plan<Worker.Wish> plan = Worker.plan(new Records(new Wire(0), ""));
    Map<String, String> recorded = new TreeMap<>();
    try (ProvisioningEngine engine =
        ProvisioningEngine.builder(store).installation(Worker.INSTALLATION).plans(plan).build()) {
      requests
          .expected()
          .forEach(
              (tenant, values) -> {
                Set<String> stands = new HashSet<>();
                for (Step<Worker.Wish, ?> step : plan.fixedSteps()) {
                  Optional<Records.Row> row =
                      engine.output(plan, TenantId.of(tenant), step).map(Records.Row.class::cast);
                  row.ifPresent(there -> recorded.put(there.id(), there.value()));
                  if (step.name().equals("one")) {
                    row.ifPresent(there -> stands.add(there.value()));
                  }
                }
                if (stands.size() != Math.min(1, values.size()) || !values.containsAll(stands)) {
                  faults.add(tenant + " stands at " + stands + " and not at one of " + values);
                }
              });
    }
    if (!recorded.equals(backend.rows())) {
      faults.add("Recorded are " + recorded + " and the backend has " + backend.rows());
    }
    return faults;
  }

  private static Map<String, Versioned> documents(StateStore store) {
    Map<String, Versioned> documents = new TreeMap<>();
    String cursor = null;
    do {
      StateStore.Page page = store.list(StateStore.Query.all(Worker.INSTALLATION), cursor, 10_000);
      for (Listed each : page.documents()) {
        documents.put(each.key().tenant().value(), store.read(each.key()).orElseThrow());
      }
      cursor = page.next();
    } while (cursor != null);
    return documents;
  }
}
