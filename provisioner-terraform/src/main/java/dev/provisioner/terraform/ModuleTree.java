package dev.provisioner.terraform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A module copied for one stack, with the variables that are no secrets and Terraform's data
 * directory. All paths that Terraform keeps are relative, so that the tree can be moved.
 *
 * @param path the tree's root
 * @param module the module's path in it
 */
record ModuleTree(Path path, String module) {

  /** Writes the module and an override that keeps the state beside the tree. */
  static ModuleTree write(Path path, ModuleFiles files) throws IOException {
    SecureFiles.deleteTree(path);
    SecureFiles.createDirectories(path.resolve("data"));
    ModuleTree tree = new ModuleTree(path, files.module());
    files.copyTo(path.resolve("module"));
    String state = "../".repeat(ModulePath.depth(files.module()) + 2) + "state/terraform.tfstate";
    Map<String, Object> override =
        Map.of("terraform", Map.of("backend", Map.of("local", Map.of("path", state))));
    SecureFiles.writeAtomically(
        tree.directory().resolve(StackDirectory.OVERRIDE), Json.text(override));
    SecureFiles.writeAtomically(path.resolve("module-path"), files.module());
    return tree;
  }

  /** Opens a tree that was written. */
  static Optional<ModuleTree> open(Path path) throws IOException {
    try {
      String module = Files.readString(path.resolve("module-path")).strip();
      ModulePath.check(module);
      return Optional.of(new ModuleTree(path, module));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  void writeVariables(Map<String, Object> plain) throws IOException {
    SecureFiles.writeAtomically(directory().resolve("terraform.tfvars.json"), Json.text(plain));
  }

  /** Returns the directory that Terraform runs in. */
  Path directory() {
    return path.resolve("module").resolve(module);
  }

  Path data() {
    return path.resolve("data");
  }

  /** Returns {@code TF_DATA_DIR}, as seen from the directory that Terraform runs in. */
  String relativeData() {
    return "../".repeat(ModulePath.depth(module) + 1) + "data";
  }

  Path lockFile() {
    return directory().resolve(".terraform.lock.hcl");
  }

  Path planFile() {
    return directory().resolve(Commands.PLAN_FILE);
  }

  Path erroredState() {
    return directory().resolve(Commands.ERRORED_STATE);
  }
}
