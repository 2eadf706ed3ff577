package dev.provisioner.engine;

import dev.provisioner.error.TransientException;
import dev.provisioner.event.ProvisioningEvent.LeaseLost;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Retry;
import dev.provisioner.plan.Step;
import dev.provisioner.spi.Attempt;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Kind;
import dev.provisioner.spi.Known;
import dev.provisioner.spi.Provisioned;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.spi.Removed;
import dev.provisioner.state.FileStateStore;
import dev.provisioner.tenant.TenantId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A process that provisions folders: arguments are the directory, how long a call takes in ms, and
 * the tenants. Nothing in the file system keeps a folder from being made twice.
 */
final class FolderProcess {
  record Spec(String text) {}

  record Folder(String path) {}

  record Wish(String text) {}

  private FolderProcess() {}

  record Folders(Path root, long callMillis, boolean talks) implements Provisioner<Spec, Folder> {

    @Override
    public Kind<Spec, Folder> kind() {
      return Kind.of("folders", Spec.class, Folder.class);
    }

    @Override
    public Found<Folder> find(Known<Spec, Folder> known, Attempt attempt) throws IOException {
      List<Path> there = named(root, attempt.name());
      if (there.isEmpty()) {
        return Found.absent();
      }
      Path one = there.get(0);
      return there.size() > 1
          ? Found.ambiguous("there are " + there.size())
          : Found.byMarker(
              Files.readString(one.resolve("owner")), attempt, new Folder(one.toString()));
    }

    @Override
    public Provisioned<Folder> provision(Spec spec, Attempt attempt) throws Exception {
      if (talks) {
        System.out.println("CALL " + attempt.step());
      }
      Path draft = Files.createTempDirectory(root, ".draft-");
      Files.writeString(draft.resolve("owner"), attempt.marker().text());
      Thread.sleep(callMillis);
      if (attempt.remaining().isZero()) {
        throw new TransientException("It came too late to begin.");
      }
      Path folder = root.resolve(attempt.name() + "~" + UUID.randomUUID());
      Files.move(draft, folder, StandardCopyOption.ATOMIC_MOVE);
      return Provisioned.done(new Folder(folder.toString()));
    }

    @Override
    public Removed deprovision(Known<Spec, Folder> known, Attempt attempt) {
      throw new IllegalStateException("nothing is removed here");
    }
  }

  static List<Path> named(Path root, String name) throws IOException {
    try (Stream<Path> all = Files.list(root)) {
      return all.filter(each -> each.getFileName().toString().startsWith(name + "~")).toList();
    }
  }

  static Plan<Wish> plan(Folders folders) {
    Retry retry = Retry.atMost(50).backoff(Duration.ofMillis(10), Duration.ofMillis(50));
    Step<Wish, Folder> one =
        Step.named("one", folders)
            .callTimeout(Duration.ofSeconds(2))
            .retry(retry)
            .from(t -> new Spec(t.input().text()));
    Step<Wish, Folder> left =
        Step.named("left", folders).retry(retry).from(one, (t, o) -> new Spec(o.path()));
    Step<Wish, Folder> right =
        Step.named("right", folders).retry(retry).from(one, (t, o) -> new Spec(o.path()));
    Step<Wish, Folder> last =
        Step.named("last", folders)
            .retry(retry)
            .from(left, right, (t, l, r) -> new Spec(l.path() + r.path()));
    return Plan.of("folders", Wish.class, one, left, right, last);
  }

  static EngineBuilder engine(FileStateStore store, Plan<Wish> plan) {
    return ProvisioningEngine.builder(store)
        .installation("test")
        .plans(plan)
        .sweepInterval(Duration.ofMillis(50))
        .callTimeout(Duration.ofSeconds(2))
        .lease(Duration.ofSeconds(3));
  }

  public static void main(String[] args) throws Exception {
    Path directory = Path.of(args[0]);
    Folders folders = new Folders(directory.resolve("cloud"), Long.parseLong(args[1]), true);
    Plan<Wish> plan = plan(folders);
    try (FileStateStore store = FileStateStore.open(directory.resolve("store"));
        ProvisioningEngine engine =
            engine(store, plan)
                .listener(
                    event -> {
                      if (event instanceof LeaseLost) {
                        System.out.println("LOST");
                      }
                    })
                .build()) {
      System.out.println("READY");
      List<Run> runs = new ArrayList<>();
      for (int i = 2; i < args.length; i++) {
        runs.add(engine.provision(plan, TenantId.of(args[i]), new Wish("w")));
      }
      for (Run run : runs) {
        run.await(Duration.ofSeconds(30));
      }
      System.out.println("DONE");
    }
  }
}
