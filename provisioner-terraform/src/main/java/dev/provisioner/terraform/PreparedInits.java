package dev.provisioner.terraform;

import dev.provisioner.error.TransientException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What {@code terraform init} makes, once for each version of a module; each stack gets a copy, in
 * which the providers are links. Terraform hashes and unpacks providers once instead of for every
 * tenant.
 */
final class PreparedInits {
  private static final Logger log = LoggerFactory.getLogger(PreparedInits.class);
  private static final int PACKAGE_DEPTH = 6; // providers/host/namespace/type/version/platform

  private final Path root;
  private final Settings settings;

  PreparedInits(StackRoot root, Settings settings) {
    this.root = root.path().resolve(".prepared");
    this.settings = settings;
  }

  /** Initialises a stack's tree, from a prepared one if it can. */
  void init(ModuleTree tree, ModuleFiles files, String version, StackCalls calls)
      throws IOException {
    Path prepared = prepared(files, version, calls);
    try {
      copy(prepared.resolve("data"), tree.data());
      Path lockFile = prepared.resolve("lock.hcl");
      if (Files.exists(lockFile)) {
        Files.copy(lockFile, tree.lockFile(), StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException | UnsupportedOperationException e) {
      log.info("Cannot copy the prepared {}; initialising again.", prepared, e);
      SecureFiles.deleteTree(tree.data());
      SecureFiles.createDirectories(tree.data());
      calls.require(tree, Commands.init());
    }
  }

  private Path prepared(ModuleFiles files, String version, StackCalls calls) throws IOException {
    String key = key(files, version);
    Path prepared = root.resolve(key);
    while (!Files.isDirectory(prepared)) {
      try (DirectoryLock lock = DirectoryLock.tryLock(root.resolve(key + ".lock")).orElse(null)) {
        if (lock != null && !Files.isDirectory(prepared)) {
          prepare(prepared, files, calls);
        }
      }
      if (calls.attempt().cancelled() || Thread.currentThread().isInterrupted()) {
        throw new TransientException("Terraform init was not finished: the call was to end.");
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
    return prepared;
  }

  /** Initialises a copy of the module at the depth of a stack's, so that relative paths fit. */
  private void prepare(Path prepared, ModuleFiles files, StackCalls calls) throws IOException {
    Path work = root.resolve("." + prepared.getFileName());
    SecureFiles.deleteTree(work);
    SecureFiles.createDirectories(work);
    try {
      ModuleTree tree = ModuleTree.write(work.resolve("work"), files);
      calls.in(work).require(tree, Commands.init());
      Path made = work.resolve("made");
      SecureFiles.createDirectories(made);
      Files.move(tree.data(), made.resolve("data"));
      if (Files.exists(tree.lockFile())) {
        Files.copy(tree.lockFile(), made.resolve("lock.hcl"));
      }
      Files.move(made, prepared, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      SecureFiles.deleteTree(work);
    }
  }

  private String key(ModuleFiles files, String version) throws IOException {
    Path cliConfig = settings.cliConfig();
    String config = cliConfig == null ? "" : Files.readString(cliConfig);
    String all = String.join("\n", files.hash(), version, settings.binary(), config);
    return UUID.nameUUIDFromBytes(all.getBytes(StandardCharsets.UTF_8)).toString();
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<Path>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
              throws IOException {
            Path relative = from.relativize(directory);
            if (relative.startsWith("providers") && relative.getNameCount() == PACKAGE_DEPTH) {
              Files.createSymbolicLink(to.resolve(relative), directory.toRealPath());
              return FileVisitResult.SKIP_SUBTREE;
            }
            SecureFiles.createDirectories(to.resolve(relative));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Path copy = to.resolve(from.relativize(file));
            if (attributes.isSymbolicLink()) {
              Files.createSymbolicLink(copy, file.toRealPath());
            } else {
              Files.copy(file, copy);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
