package dev.provisioner.internal.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteConstraints;

/**
 * What the JSON library reads and writes at most. The same for a value and for the document that
 * holds it: what was recorded must be readable again.
 */
public final class JsonLimits {
  private static final int MAX_STRING_LENGTH = 20_000_000;

  /** More than a value may have, because documents hold values some levels down. */
  private static final int MAX_DOCUMENT_DEPTH = Tree.MAX_DEPTH + 100;

  private JsonLimits() {}

  /** Returns a factory with these limits. */
  public static JsonFactory factory() {
    return JsonFactory.builder()
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(MAX_DOCUMENT_DEPTH)
                .maxStringLength(MAX_STRING_LENGTH)
                .maxNameLength(MAX_STRING_LENGTH)
                .maxNumberLength(Normal.MAX_NUMBER_LENGTH)
                .build())
        .streamWriteConstraints(
            StreamWriteConstraints.builder().maxNestingDepth(MAX_DOCUMENT_DEPTH).build())
        .build();
  }
}
