package dev.provisioner.proofs.kills;

import dev.provisioner.engine.ProvisioningEngine;
import dev.provisioner.engine.TenantStatus;
import dev.provisioner.plan.Plan;
import dev.provisioner.proofs.kills.Site.Tenant;
import dev.provisioner.secret.AesGcmCipher;
import dev.provisioner.state.FileStateStore;
import dev.provisioner.state.StateStore;
import dev.provisioner.state.Summary.Lifecycle;
import dev.provisioner.state.Summary.RunStatus;
import dev.provisioner.tenant.TenantId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Looks at a site and the cloud after a round, with its own eyes, and collects what is wrong. */
final class Inspection {
  private static final String INSTALLATION = "quickstart";
  private static final String PLAN = "onboarding";

  private final Site site;
  private final Cloud cloud;
  private final String planted;
  private final Map<Tenant, String> names = new HashMap<>();
  private List<String> faults = new ArrayList<>();

  Inspection(Site site, Cloud cloud) throws IOException, InterruptedException {
    this.site = site;
    this.cloud = cloud;
    this.planted = cloud.planted();
  }

  /** Returns the names of the buckets that were ever seen. */
  Collection<String> names() {
    return names.values();
  }

  /** Returns what is wrong if every tenant is to have all, or none is to have anything. */
  List<String> faults(boolean there) throws IOException, InterruptedException {
    faults = new ArrayList<>();
    site.processes().left().forEach(process -> faults.add("process left: " + process));
    locks();
    world(there);
    if (!cloud.planted().equals(planted)) {
      faults.add("the neighbour's things have changed: " + cloud.planted());
    }
    disk(there);
    documents(there);
    return faults;
  }

  private void locks() throws IOException {
    for (Path file : files(site.data())) {
      String name = file.getFileName().toString();
      if (file.toString().contains("/.version-")) {
        continue; // where Terraform was asked for its version; deleted a day later
      }
      if (name.endsWith(".lock.info") || name.equals("running.json") || name.equals("tfplan")) {
        faults.add("left: " + file);
      } else if (name.endsWith("lock") && !free(file)) {
        faults.add("locked: " + file);
      }
    }
  }

  private static boolean free(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      return channel.tryLock() != null;
    }
  }

  private void world(boolean there) throws IOException, InterruptedException {
    List<String> wanted = new ArrayList<>();
    List<String> buckets = ours(cloud.buckets());
    if (there) {
      for (Tenant tenant : site.tenants()) {
        String name = the("bucket", tenant, buckets);
        wanted.add(name);
        if (!names.computeIfAbsent(tenant, first -> name).equals(name)) {
          faults.add("the name of " + tenant.id() + " has changed to " + name);
        }
        String size = site.size(tenant);
        if (cloud.tagged(name, tenant.region(), "size", size) != 3) {
          faults.add(name + " is not as " + size + ": " + cloud.describe(name, tenant.region()));
        }
      }
    }
    same("buckets", wanted, buckets);
    same("roles", wanted, ours(cloud.roles()));
    List<String> parameters = new ArrayList<>();
    for (String region : Cloud.REGIONS) {
      cloud.parameters(region).forEach(name -> parameters.add(name.replace("/landing/", "")));
    }
    same("parameters", wanted, ours(parameters));
  }

  private void disk(boolean there) throws IOException {
    for (String folder : List.of("stacks", "keys", "folders")) {
      List<String> names =
          children(site.data().resolve(folder)).stream()
              .map(path -> path.getFileName().toString())
              .filter(name -> !name.startsWith("."))
              .toList();
      int wanted = 0;
      for (Tenant tenant : there ? site.tenants() : List.<Tenant>of()) {
        int folders = site.size(tenant).equals("large") ? 3 : 2;
        int expected = folder.equals("folders") ? folders : 1;
        wanted += expected;
        if (names.stream().filter(name -> name.startsWith(tenant.slug())).count() != expected) {
          faults.add(tenant.id() + " is to have " + expected + " of " + folder + ": " + names);
        }
      }
      if (names.size() != wanted) {
        faults.add("there are to be " + wanted + " of " + folder + ": " + names);
      }
    }
  }

  /** The documents are read by the library: what it cannot read it could not go on with. */
  private void documents(boolean there) {
    AesGcmCipher cipher = AesGcmCipher.fromFile(site.data().resolve("keyring"));
    try (FileStateStore store = FileStateStore.open(site.data().resolve("state"));
        ProvisioningEngine engine =
            ProvisioningEngine.builder(store).installation(INSTALLATION).cipher(cipher).build()) {
      int documents = store.list(StateStore.Query.all(INSTALLATION), null, 100).documents().size();
      if (documents != site.tenants().size()) {
        faults.add("there are " + documents + " documents");
      }
      Lifecycle lifecycle = there ? Lifecycle.ACTIVE : Lifecycle.PURGED;
      for (Tenant tenant : site.tenants()) {
        TenantStatus status =
            engine
                .status(Plan.of(PLAN, Object.class), TenantId.of(tenant.id()))
                .orElseThrow(() -> new IllegalStateException("no document of " + tenant.id()));
        if (status.lifecycle() != lifecycle || status.runStatus() != RunStatus.SUCCEEDED) {
          faults.add(tenant.id() + " stands as " + status);
        }
      }
    } catch (RuntimeException e) {
      faults.add("a document cannot be read: " + e);
    }
  }

  private String the(String thing, Tenant tenant, List<String> all) {
    List<String> its = all.stream().filter(name -> name.startsWith(tenant.slug() + "-")).toList();
    if (its.size() != 1) {
      faults.add(tenant.id() + " is to have one " + thing + ": " + its);
    }
    return its.isEmpty() ? "no-" + thing : its.get(0);
  }

  private void same(String things, List<String> wanted, List<String> there) {
    if (!wanted.stream().sorted().toList().equals(there.stream().sorted().toList())) {
      faults.add(things + " are to be " + wanted + ", but are " + there);
    }
  }

  private static List<String> ours(List<String> names) {
    return names.stream().filter(name -> !Cloud.isPlanted(name)).toList();
  }

  private static List<Path> children(Path directory) throws IOException {
    try (Stream<Path> children = Files.list(directory)) {
      return children.toList();
    }
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> tree = Files.walk(directory)) {
      return tree.filter(Files::isRegularFile).toList();
    }
  }
}
