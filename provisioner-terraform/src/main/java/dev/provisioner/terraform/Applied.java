package dev.provisioner.terraform;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The note that an apply has completed, and of what: written after it, removed before the next one.
 *
 * <p>Variables are noted as keyed hashes. The key lies in the same file; that is no protection for
 * short secrets against somebody who reads the directory, but the state beside it holds them in
 * clear anyway. The hashes do keep them out of copies of this file alone being compared between
 * tenants, and keep the file small.
 *
 * @param module the module's path
 * @param moduleHash the hash of the files that were applied
 * @param key random
 * @param variables by name: a hash of the value under the key
 */
record Applied(String module, String moduleHash, String key, Map<String, String> variables) {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Pattern KEY = Pattern.compile("[0-9a-f]{64}");

  static Applied of(StackSpec spec, String moduleHash) {
    byte[] key = new byte[32];
    RANDOM.nextBytes(key);
    return new Applied(
        spec.module(), moduleHash, HexFormat.of().formatHex(key), hashes(spec.variables(), key));
  }

  /**
   * Returns the note; empty if there is none, or none that can be read: then it is applied again.
   */
  static Optional<Applied> read(Path file) throws IOException {
    try {
      JsonNode note = Json.parse(Files.readString(file));
      if (!KEY.matcher(note.path("key").asText("")).matches()) {
        return Optional.empty();
      }
      Map<String, String> variables = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> hash : note.path("variables").properties()) {
        variables.put(hash.getKey(), hash.getValue().asText(""));
      }
      return Optional.of(
          new Applied(
              note.path("module").asText(""),
              note.path("moduleHash").asText(""),
              note.path("key").asText(""),
              variables));
    } catch (NoSuchFileException | JsonProcessingException | MalformedInputException e) {
      return Optional.empty();
    }
  }

  void write(Path file) throws IOException {
    Map<String, Object> note =
        Map.of("module", module, "moduleHash", moduleHash, "key", key, "variables", variables);
    SecureFiles.writeAtomically(file, Json.text(note));
  }

  /**
   * Returns what differs between the spec and what was applied, for people.
   *
   * @param currentHash the hash of the module's files as they are now, if they are still there
   */
  List<String> differences(StackSpec spec, Optional<String> currentHash) {
    List<String> differences = new ArrayList<>();
    String wantedHash = spec.moduleHash();
    if (!module.equals(spec.module())) {
      differences.add("module '" + module + "' is applied, not '" + spec.module() + "'");
    } else if (wantedHash != null && !wantedHash.equals(moduleHash)) {
      differences.add("the module's files are applied in another version");
    } else if (wantedHash == null
        && currentHash.isPresent()
        && !currentHash.get().equals(moduleHash)) {
      differences.add("the module's files have changed since they were applied");
    }
    Map<String, String> wanted = hashes(spec.variables(), HexFormat.of().parseHex(key));
    wanted.forEach(
        (name, hash) -> {
          if (!hash.equals(variables.get(name))) {
            differences.add("variable '" + name + "' is applied with another value");
          }
        });
    variables.keySet().stream()
        .filter(name -> !wanted.containsKey(name))
        .forEach(name -> differences.add("variable '" + name + "' is applied, but not wanted"));
    return differences;
  }

  private static Map<String, String> hashes(Map<String, Object> variables, byte[] key) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      Map<String, String> hashes = new LinkedHashMap<>();
      variables.forEach(
          (name, value) -> {
            String text = name + '\0' + HclText.of(value);
            byte[] hash = mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
            hashes.put(name, HexFormat.of().formatHex(hash));
          });
      return hashes;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has HmacSHA256.", e);
    }
  }
}
