package dev.provisioner.samples.quickstart;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A folder that is wanted.
 *
 * @param files the text of each file, by its name
 */
record FolderSpec(Map<String, String> files) {
  private static final Pattern FILE = Pattern.compile("[a-z][a-z0-9-]*\\.[a-z]+");

  FolderSpec {
    files = Map.copyOf(new TreeMap<>(files));
    for (String file : files.keySet()) {
      if (!FILE.matcher(file).matches()) {
        throw new IllegalArgumentException("'" + file + "' is no name for a file in a folder.");
      }
    }
  }

  static FolderSpec of(String file, String text) {
    return new FolderSpec(Map.of(file, text));
  }
}
