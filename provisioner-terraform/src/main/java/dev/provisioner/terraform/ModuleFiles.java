package dev.provisioner.terraform;

import dev.provisioner.error.PermanentException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of a module and of the modules beside it that it calls by a relative path, as they were
 * read. Variable files, states and Terraform's own directories are left out: variables come from
 * the spec alone.
 *
 * <p>Immutable.
 */
final class ModuleFiles {
  private static final int MOST_FILES = 5_000;
  private static final long MOST_BYTES = 64L << 20;
  private static final Pattern LOCAL_SOURCE =
      Pattern.compile("(?m)^[^#/\\n]*?\"?\\bsource\"?\\s*[=:]\\s*\"(\\.{1,2}/[^\"$]*)\"");
  private static final Pattern VARIABLE =
      Pattern.compile("(?m)(?:^|[;{}/])\\s*\"?variable\"?\\s+\"?([A-Za-z_][\\w-]*)\"?\\s*\\{");

  private final String module;
  private final Map<String, byte[]> files;

  private ModuleFiles(String module, Map<String, byte[]> files) {
    this.module = module;
    this.files = files;
  }

  /** Reads a module below the module root, with the modules beside it that it calls. */
  static ModuleFiles read(Path moduleRoot, String module) throws IOException {
    Path root = moduleRoot.toRealPath();
    Map<String, byte[]> files = new TreeMap<>();
    Set<Path> seen = new TreeSet<>();
    Deque<Path> open = new ArrayDeque<>();
    open.add(root.resolve(module));
    while (!open.isEmpty()) {
      Path directory = open.remove();
      if (seen.add(directory)) {
        readDirectory(root, directory, module, files);
        open.addAll(called(root, directory, files));
      }
    }
    if (files.keySet().stream().noneMatch(file -> isConfiguration(module, file))) {
      throw new PermanentException(
          "Module '" + module + "' has no .tf files below the module root " + root + ".");
    }
    return new ModuleFiles(module, files);
  }

  String module() {
    return module;
  }

  /** Returns a hash of every file's path and content. */
  String hash() {
    MessageDigest sha256 = sha256();
    update(sha256, module.getBytes(StandardCharsets.UTF_8));
    files.forEach(
        (path, content) -> {
          update(sha256, path.getBytes(StandardCharsets.UTF_8));
          update(sha256, content);
        });
    return HexFormat.of().formatHex(sha256.digest());
  }

  /**
   * Refuses variables that the module does not declare; Terraform would only warn, or be silent.
   */
  void requireDeclared(Set<String> variables) {
    Set<String> undeclared = new TreeSet<>(variables);
    Set<String> declared = declared();
    undeclared.removeAll(declared);
    boolean json = files.keySet().stream().anyMatch(f -> f.endsWith(".tf.json"));
    if (!undeclared.isEmpty() && !json) {
      throw new PermanentException(
          "Module '"
              + module
              + "' declares no variable "
              + String.join(", ", undeclared)
              + ". It declares "
              + (declared.isEmpty() ? "none." : String.join(", ", declared) + "."));
    }
  }

  /** Writes the files below a directory, as they lie below the module root. */
  void copyTo(Path target) throws IOException {
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path copy = target.resolve(file.getKey());
      Path parent = copy.getParent();
      SecureFiles.createDirectories(parent == null ? target : parent);
      SecureFiles.createFile(copy);
      Files.write(copy, file.getValue());
    }
  }

  private Set<String> declared() {
    Set<String> declared = new TreeSet<>();
    files.forEach(
        (path, content) -> {
          if (isConfiguration(module, path)) {
            Matcher m = VARIABLE.matcher(new String(content, StandardCharsets.UTF_8));
            while (m.find()) {
              declared.add(m.group(1));
            }
          }
        });
    return declared;
  }

  private static boolean isConfiguration(String module, String file) {
    return file.startsWith(module + "/")
        && file.indexOf('/', module.length() + 1) < 0
        && (file.endsWith(".tf") || file.endsWith(".tf.json") || file.endsWith(".tofu"));
  }

  private static void readDirectory(
      Path root, Path directory, String module, Map<String, byte[]> files) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new PermanentException(
          "Module '" + module + "' needs " + directory + ", which is no directory.");
    }
    if (!directory.toRealPath().startsWith(root)) {
      throw new PermanentException(
          "Module '" + module + "' leads out of the module root " + root + ".");
    }
    long bytes = files.values().stream().mapToLong(content -> content.length).sum();
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Path file : (Iterable<Path>) tree.sorted()::iterator) {
        if (leftOut(directory.relativize(file))) {
          continue;
        }
        requireInside(root, file, module);
        if (Files.isRegularFile(file)) {
          bytes += Files.size(file);
          if (files.size() >= MOST_FILES || bytes > MOST_BYTES) {
            throw new PermanentException(
                "Module '"
                    + module
                    + "' has more than "
                    + MOST_FILES
                    + " files or 64 MB; it is copied for every tenant. Keep large files"
                    + " elsewhere.");
          }
          String path = root.relativize(file).toString().replace('\\', '/');
          files.put(path, Files.readAllBytes(file));
        }
      }
    }
  }

  private static void requireInside(Path root, Path file, String module) throws IOException {
    if (Files.isSymbolicLink(file)
        && (!file.toRealPath().startsWith(root) || Files.isDirectory(file))) {
      throw new PermanentException(
          "Module '"
              + module
              + "' has the symbolic link "
              + file
              + ", which leads out of the module root or to a directory. Replace it by a copy.");
    }
  }

  private static boolean leftOut(Path relative) {
    for (Path part : relative) {
      if (part.toString().equals(".terraform") || part.toString().equals(".git")) {
        return true;
      }
    }
    String name = relative.getFileName().toString();
    return name.endsWith(".tfvars")
        || name.endsWith(".tfvars.json")
        || name.endsWith(".tfstate")
        || name.contains(".tfstate.")
        || name.equals(StackDirectory.OVERRIDE);
  }

  private static Set<Path> called(Path root, Path directory, Map<String, byte[]> files) {
    Set<Path> called = new TreeSet<>();
    String prefix = root.relativize(directory).toString().replace('\\', '/') + "/";
    files.forEach(
        (path, content) -> {
          if (path.startsWith(prefix) && (path.endsWith(".tf") || path.endsWith(".tf.json"))) {
            Path folder = root.resolve(path).getParent();
            Matcher m = LOCAL_SOURCE.matcher(new String(content, StandardCharsets.UTF_8));
            while (folder != null && m.find()) {
              Path target = folder.resolve(m.group(1)).normalize();
              if (!target.startsWith(directory)
                  && Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
                called.add(target);
              }
            }
          }
        });
    return called;
  }

  private static void update(MessageDigest sha256, byte[] bytes) {
    int n = bytes.length;
    sha256.update(new byte[] {(byte) (n >>> 24), (byte) (n >>> 16), (byte) (n >>> 8), (byte) n});
    sha256.update(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256.", e);
    }
  }
}
