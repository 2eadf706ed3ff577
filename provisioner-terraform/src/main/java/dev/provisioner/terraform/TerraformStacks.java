package dev.provisioner.terraform;

import dev.provisioner.error.PermanentException;
import dev.provisioner.spi.Attempt;
import dev.provisioner.spi.Change;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Kind;
import dev.provisioner.spi.Known;
import dev.provisioner.spi.OutputView;
import dev.provisioner.spi.Provisioned;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.spi.Removed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes Terraform stacks with the Terraform or OpenTofu CLI, one directory and one local state for
 * each.
 *
 * <pre>{@code
 * TerraformStacks stacks = TerraformStacks.builder(workingDirectory, moduleRoot).build();
 * Step<Signup, Network> network = Step.named("network", stacks.as(Network.class))
 *     .from(tenant -> stacks.stack("modules/network").variable("region", tenant.input().region()));
 * }</pre>
 *
 * <p><b>Whose is it?</b> A stack's directory is named after the attempt and holds its marker, both
 * made in one step before Terraform first runs. The id of the working directory is remembered with
 * the resource: an engine that sees another disk, or finds the directory lost, answers ambiguous
 * instead of making everything twice.
 *
 * <p><b>A crash.</b> Terraform writes to files, not to us: if this process dies, it goes on and
 * saves its state. {@link #find} then answers busy as long as it runs. Its process is noted before
 * Terraform runs in it, wherever there is a {@code /bin/sh} to wait for that, and unless a secret
 * variable has a hyphen in its name. An apply that broke off is completed by the next one.
 * Terraform's state lock excludes a second starter even where our own lock and note do not reach,
 * but only once Terraform has taken it.
 *
 * <p><b>Cancelling</b> asks Terraform to stop, waits for the grace, then kills it, its providers
 * and their children.
 *
 * <p><b>In clear:</b> Terraform keeps values in its state and plan files. They are readable for the
 * owner only, and only inside the working directory.
 *
 * <p>Thread-safe; starts no threads and needs no closing.
 */
public final class TerraformStacks implements Provisioner<StackSpec, StackOutputs> {
  private static final Kind<StackSpec, StackOutputs> KIND =
      Kind.of("terraform-stack", StackSpec.class, StackOutputs.class);
  private static final String ROOT_KEY = "working-directory";
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);

  private final Settings settings;
  private final StackRoot root;
  private final Binary binary;
  private final PreparedInits inits;

  TerraformStacks(Settings settings, StackRoot root) {
    this.settings = settings;
    this.root = root;
    this.binary = new Binary(settings);
    this.inits = new PreparedInits(root, settings);
  }

  /**
   * Returns a builder.
   *
   * @param workingDirectory where the stacks' directories, with the states, will be; created with
   *     mode 0700. It must outlive the process, be backed up, and be the same for every engine.
   * @param moduleRoot where the modules are; a spec's module is below it
   */
  public static TerraformStacksBuilder builder(Path workingDirectory, Path moduleRoot) {
    return new TerraformStacksBuilder(workingDirectory, moduleRoot);
  }

  /**
   * Returns a spec for a module as its files are now, so that a changed file is a changed spec.
   * Reads the module's files and nothing else: the same files, the same spec, on every machine.
   *
   * @throws PermanentException if there is no such module below the module root
   */
  public StackSpec stack(String module) {
    StackSpec spec = StackSpec.of(module);
    try {
      String hash = ModuleFiles.read(settings.moduleRoot(), module).hash();
      return new StackSpec(module, spec.variables(), hash);
    } catch (IOException e) {
      throw new UncheckedIOException("Module '" + module + "' cannot be read.", e);
    }
  }

  /**
   * Returns a view of stacks whose outputs are read as a record, as {@link StackOutputs#as} does.
   *
   * @throws IllegalArgumentException if the type is no record
   */
  public <T> OutputView<StackSpec, StackOutputs, T> as(Class<T> type) {
    OutputReader<T> reader = OutputReader.of(type);
    return as(outputs -> reader.read(outputs.outputs()));
  }

  @Override
  public Kind<StackSpec, StackOutputs> kind() {
    return KIND;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Reads notes and Terraform's outputs; asks no cloud.
   */
  @Override
  public Found<StackOutputs> find(Known<StackSpec, StackOutputs> known, Attempt attempt)
      throws IOException {
    return find(known, attempt, false);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Also lets Terraform refresh and compare ({@code plan -refresh-only}), which costs seconds
   * and calls to the backend. What was changed outside Terraform is reported by resource address.
   */
  @Override
  public Found<StackOutputs> inspect(Known<StackSpec, StackOutputs> known, Attempt attempt)
      throws IOException {
    return find(known, attempt, true);
  }

  private Found<StackOutputs> find(
      Known<StackSpec, StackOutputs> known, Attempt attempt, boolean closely) throws IOException {
    StackDirectory directory = new StackDirectory(root, attempt);
    if (!directory.exists()) {
      return missing(known, attempt);
    }
    Optional<String> marker = directory.marker();
    if (!directory.isOf(attempt)) {
      return Found.byMarker(marker.orElse(null), attempt, new StackOutputs(Map.of()));
    }
    Optional<DirectoryLock> free = directory.tryLock();
    if (free.isEmpty()) {
      return Found.busy(LOOK_AGAIN, "another call that works on the stack in " + directory.path());
    }
    try (DirectoryLock lock = free.get()) {
      Optional<String> running = directory.running();
      return running.isPresent()
          ? Found.busy(LOOK_AGAIN, running.get())
          : look(directory, known, attempt, closely);
    }
  }

  @Override
  public Provisioned<StackOutputs> provision(StackSpec spec, Attempt attempt) throws IOException {
    String version = binary.version(attempt);
    ModuleFiles files = module(spec);
    StackDirectory directory = new StackDirectory(root, attempt);
    directory.create(attempt);
    try (DirectoryLock lock = directory.lock()) {
      directory.requireOwned(attempt);
      directory.requireIdle();
      if (!attempt.remembered(ROOT_KEY, String.class).equals(Optional.of(root.id()))) {
        attempt.remember(ROOT_KEY, root.id());
      }
      StackCalls calls = new StackCalls(settings, attempt, directory.path(), spec);
      StackWork work = new StackWork(directory, calls);
      return Provisioned.done(work.apply(spec, files, version, inits));
    }
  }

  /** Always in place: Terraform itself decides which resources it replaces. */
  @Override
  public Change change(Known<StackSpec, StackOutputs> current, StackSpec wanted) {
    return Change.update();
  }

  @Override
  public Provisioned<StackOutputs> update(
      Known<StackSpec, StackOutputs> current, StackSpec wanted, Attempt attempt)
      throws IOException {
    return provision(wanted, attempt);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Destroys with the module as it was applied, whatever the module root holds now. The
   * directory goes only after Terraform has destroyed everything.
   */
  @Override
  public Removed deprovision(Known<StackSpec, StackOutputs> known, Attempt attempt)
      throws IOException {
    StackDirectory directory = new StackDirectory(root, attempt);
    if (!directory.exists()) {
      return Removed.gone();
    }
    binary.version(attempt);
    directory.requireOwned(attempt);
    try (DirectoryLock lock = directory.lock()) {
      directory.requireOwned(attempt);
      directory.requireIdle();
      StackCalls calls = new StackCalls(settings, attempt, directory.path(), known.spec());
      new StackWork(directory, calls).destroy();
      directory.remove(attempt);
    }
    return Removed.gone();
  }

  @Override
  public Optional<Duration> callTimeout() {
    return Optional.of(settings.callTimeout());
  }

  @Override
  public boolean excludesConcurrentCalls() {
    return true;
  }

  @Override
  public int maxConcurrentCalls() {
    return settings.maxConcurrentCalls();
  }

  private Found<StackOutputs> missing(Known<StackSpec, StackOutputs> known, Attempt attempt)
      throws IOException {
    Optional<String> rootId = attempt.remembered(ROOT_KEY, String.class);
    if (rootId.isPresent() && !rootId.get().equals(root.id())) {
      return Found.ambiguous(
          "The stack's directory '"
              + attempt.name()
              + "' is in the working directory with id "
              + rootId.get()
              + "; this engine uses "
              + root.path()
              + " with id "
              + root.id()
              + ". Mount the same one on every engine.");
    }
    boolean once = rootId.isPresent() || known.output().isPresent();
    if (once && !root.removed(attempt.name(), attempt.marker().text())) {
      return Found.ambiguous(
          "The stack's directory "
              + root.path().resolve(attempt.name())
              + " with its Terraform state is gone, and it was not removed here. Restore it from a"
              + " backup, or destroy by hand what the stack had made and mark the step absent.");
    }
    return Found.absent();
  }

  private Found<StackOutputs> look(
      StackDirectory directory,
      Known<StackSpec, StackOutputs> known,
      Attempt attempt,
      boolean closely)
      throws IOException {
    Optional<Applied> applied = directory.applied();
    Optional<ModuleTree> tree = directory.current();
    if (applied.isPresent() && (tree.isEmpty() || !directory.hasState())) {
      return Found.ambiguous(
          "The stack in "
              + directory.path()
              + " was applied, but its state is gone. Restore it"
              + " from a backup.");
    }
    StackWork work =
        new StackWork(directory, new StackCalls(settings, attempt, directory.path(), known.spec()));
    if (applied.isEmpty() || tree.isEmpty()) {
      boolean readable = known.output().isPresent() && tree.isPresent() && directory.hasState();
      return Found.incomplete(readable ? work.outputs(tree.get()) : null, "no apply has completed");
    }
    if (Files.exists(tree.get().erroredState())) {
      return Found.incomplete(null, "Terraform could not save its state");
    }
    List<String> differences =
        new ArrayList<>(applied.get().differences(known.spec(), currentHash(known.spec())));
    if (differences.isEmpty() && closely) {
      differences.addAll(work.drift(tree.get()));
    }
    StackOutputs outputs = work.outputs(tree.get());
    return differences.isEmpty()
        ? Found.ours(outputs)
        : new Found.Incomplete<>(outputs, differences);
  }

  private ModuleFiles module(StackSpec spec) throws IOException {
    ModuleFiles files = ModuleFiles.read(settings.moduleRoot(), spec.module());
    String wanted = spec.moduleHash();
    if (wanted != null && !wanted.equals(files.hash())) {
      throw new PermanentException(
          "Module '"
              + spec.module()
              + "' below "
              + settings.moduleRoot()
              + " has other files than those the spec was made for. Nothing was touched. Run this"
              + " tenant on a node with the right files, or provision again to take these.");
    }
    files.requireDeclared(spec.variables().keySet());
    return files;
  }

  /** Returns empty if the module has gone: a stack can still be removed then. */
  private Optional<String> currentHash(StackSpec spec) throws IOException {
    try {
      return Optional.of(ModuleFiles.read(settings.moduleRoot(), spec.module()).hash());
    } catch (PermanentException e) {
      return Optional.empty();
    }
  }
}
